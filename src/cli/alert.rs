//! `alert`: what stands open, and telling it.

use clap::Subcommand;
use jiff::Timestamp;

use super::{Context, Failure, output};
use crate::alert::{AlertError, Telling, Told, Trouble, ping, tell, try_channel};
use crate::definitions::{AlertChannel, Definitions, Settings, load_settings};
use crate::lake::Place;
use crate::ledger::{AlertStage, open_troubles};
use crate::run::{RunError, troubles};

const EXAMPLES: &str = "\
After each `sendmart run` the channels of the config are told what is new, once what still stands on a later day, and once that it
is over. A channel that cannot be reached is told of by the others, and the run ends with 74. A run that never took place tells
nobody: a channel of kind `ping` is asked after each run that ended well, so that whoever keeps it notices.

In config/default.toml or config/local.toml:
  [[alert]]
  name = \"team\"
  kind = \"teams\"              # teams, slack, json or ping
  url = \"env:SENDMART_TEAMS\"  # a secret, of the environment

Examples:
  sendmart alert                what stands open, and who was told
  sendmart alert test           does each channel work?
  sendmart alert check          look now, without a run: what is late?";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct AlertArgs {
    #[command(subcommand)]
    verb: Option<AlertVerb>,
}

#[derive(Debug, Subcommand)]
enum AlertVerb {
    /// Show what stands open, since when, and who was told (the default)
    #[command(after_help = "Examples:\n  sendmart alert show\n  sendmart --json alert show")]
    Show,
    /// Send every channel, or one, a message that says that it works
    #[command(after_help = "Examples:\n  sendmart alert test\n  sendmart alert test team")]
    Test {
        /// Only this channel
        name: Option<String>,
    },
    /// Look at what is held, unread and late now, and tell what is new; for mornings on which no run took place
    #[command(after_help = "Example:\n  sendmart alert check   at seven, whatever the night did")]
    Check,
}

/// `sendmart alert`.
pub(super) fn alert(context: &Context, args: &AlertArgs) -> Result<(), Failure> {
    match args.verb.as_ref().unwrap_or(&AlertVerb::Show) {
        AlertVerb::Show => show(context),
        AlertVerb::Test { name } => test(context, name.as_deref()),
        AlertVerb::Check => {
            let (place, definitions) = context.definitions()?;
            let found = troubles(&place, &definitions, Timestamp::now(), &|_, _| false)?;
            let told = told(&place, &definitions.settings, with_ended_badly(&place, found))?;
            let open = open_troubles(&place).iter().filter(|one| one.recovered.is_none()).count();
            output::said(&match told.sent.len() {
                0 => format!("{open} open; nobody had to be told"),
                some => format!("{open} open; {some} told"),
            });
            silence(&told.unreached)
        }
    }
}

fn show(context: &Context) -> Result<(), Failure> {
    let settings = load_settings(&context.root, context.config.as_deref()).map_err(RunError::Definitions)?;
    let place = Place::new(&context.root, &settings.var);
    let open = open_troubles(&place);
    if context.json {
        let channels: Vec<_> =
            settings.alerts.iter().map(|one| serde_json::json!({ "name": one.name, "kind": one.kind })).collect();
        output::line(&serde_json::json!({ "channels": channels, "open": open }).to_string());
        return Ok(());
    }
    if settings.alerts.is_empty() {
        output::aside("no channel is set up, and nobody is told: `sendmart alert --help` says how");
    }
    for channel in &settings.alerts {
        output::said(&format!("Channel {} ({}), address in {}", channel.name, channel.kind.word(), channel.variable));
    }
    let standing: Vec<_> = open.iter().filter(|one| one.recovered.is_none()).collect();
    if standing.is_empty() {
        output::said("Nothing stands open");
    }
    for one in standing {
        output::said(&format!("Since {}: {}\n  {}", settings.zone.shown(one.since), one.words, one.hint));
        let knows = one.told.iter().filter(|(_, stage)| **stage != AlertStage::Recovered);
        let names: Vec<&str> = knows.map(|(name, _)| name.as_str()).collect();
        let whom = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        output::said(&format!("  told: {whom}"));
    }
    Ok(())
}

fn test(context: &Context, name: Option<&str>) -> Result<(), Failure> {
    let settings = load_settings(&context.root, context.config.as_deref()).map_err(RunError::Definitions)?;
    let names: Vec<&str> = settings.alerts.iter().map(|channel| channel.name.as_str()).collect();
    if let Some(name) = name.filter(|name| !names.contains(name)) {
        return Err(Failure::absent(format!("there is no channel `{name}`"), super::meant(name, &names)));
    }
    if names.is_empty() {
        return Err(Failure::absent(
            "no channel is set up".to_owned(),
            "`sendmart alert --help` has the lines of the config".to_owned(),
        ));
    }
    let of = of(&settings);
    let telling = telling(&settings, &of);
    let mut unreached = Vec::new();
    for channel in settings.alerts.iter().filter(|channel| name.is_none_or(|name| name == channel.name)) {
        match try_channel(channel, &telling) {
            Ok(()) => output::said(&format!("{}: it took the message. Has it arrived?", channel.name)),
            Err(error) => unreached.push((channel.name.clone(), error)),
        }
    }
    silence(&unreached)
}

/// After a run: tells what is wrong, and asks the dead man's pings where it ended well. What the run itself ended with stands.
pub(super) fn after_run(
    context: &Context,
    loaded: Option<(&Place, &Definitions)>,
    may_miss: &dyn Fn(&str, &str) -> bool,
    ended: Result<(), Failure>,
) -> Result<(), Failure> {
    let settings = match loaded {
        Some((_, definitions)) => definitions.settings.clone(),
        None => match load_settings(&context.root, context.config.as_deref()) {
            Ok(settings) => settings,
            Err(_) => return ended,
        },
    };
    if settings.alerts.is_empty() {
        return ended;
    }
    let place = Place::new(&context.root, &settings.var);
    let code = ended.as_ref().err().map(|failure| failure.exit_code);
    let found = match loaded {
        // The run came to its end, well or with something held, unread or pinned: what stands now is all that there is.
        Some((place, definitions)) if matches!(code, None | Some(65 | 74 | 77)) => {
            troubles(place, definitions, Timestamp::now(), may_miss).map(|found| match code {
                Some(65 | 74) if found.is_empty() => failed(code),
                _ => found,
            })
        }
        // It did not: what stood open still does, as far as anybody knows.
        _ => Ok(failed(code).into_iter().chain(stood(&place)).collect()),
    };
    let told = found.map_err(Failure::from).and_then(|found| told(&place, &settings, found));
    let mut unreached = match told {
        Ok(told) => told.unreached,
        Err(failure) => {
            output::warning(&format!("what is wrong could not be told: {}", failure.text), failure.hint.as_deref());
            return ended.and(Err(Failure { exit_code: 74, ..failure }));
        }
    };
    if ended.is_ok() {
        let of = of(&settings);
        unreached.extend(ping(&telling(&settings, &of)));
    }
    match ended {
        Ok(()) => silence(&unreached),
        Err(failure) => {
            for (name, error) in &unreached {
                output::warning(&unheard(name, error), Some(&error.hint()));
            }
            Err(failure)
        }
    }
}

/// A run that came to no end, by its exit code. Its message may name files, and is not sent.
fn failed(code: Option<u8>) -> Vec<Trouble> {
    let Some(code) = code.filter(|code| *code != 130) else { return Vec::new() };
    let words = match code {
        65 => "Nothing could be published: the data stopped it",
        66 => "Nothing has come yet, and nothing is published",
        74 => "The night could not read or write on its machine, or not reach a source",
        75 => "The night did not start: another run was still going on",
        78 => "The night did not start: its definitions are wrong",
        _ => "The night did not come to its end",
    };
    let hint = match code {
        78 => "`sendmart check` says which line, and how to mend it",
        75 => "`sendmart status` says since when; is it stuck?",
        _ => "what the run wrote on standard error says why, and `sendmart status` what is live",
    };
    vec![Trouble {
        key: format!("run:{code}"),
        words: format!("{words}. The numbers of before are still there"),
        hint: hint.to_owned(),
    }]
}

/// What stood open before, without what channels themselves had.
fn stood(place: &Place) -> Vec<Trouble> {
    let open = open_troubles(place).into_iter();
    let open = open.filter(|one| one.recovered.is_none() && !one.key.starts_with("channel:"));
    open.map(|one| Trouble { key: one.key, words: one.words, hint: one.hint }).collect()
}

/// A run that did not come to its end is still one where only somebody looks.
fn with_ended_badly(place: &Place, found: Vec<Trouble>) -> Vec<Trouble> {
    let ended_badly = stood(place).into_iter().filter(|one| one.key.starts_with("run:"));
    found.into_iter().chain(ended_badly).collect()
}

fn told(place: &Place, settings: &Settings, found: Vec<Trouble>) -> Result<Told, Failure> {
    let of = of(settings);
    tell(place, &found, &telling(settings, &of)).map_err(|error| RunError::from(error).into())
}

/// Whose place it is.
fn of(settings: &Settings) -> String {
    settings.authority.as_ref().map_or_else(|| "this place".to_owned(), |code| format!("authority {code}"))
}

fn telling<'a>(settings: &'a Settings, of: &'a str) -> Telling<'a> {
    let channels: &'a [AlertChannel] = &settings.alerts;
    Telling { channels, of, zone: &settings.zone, now: Timestamp::now(), secret: &|name| std::env::var(name).ok() }
}

fn unheard(name: &str, error: &AlertError) -> String {
    format!("alert[{}]: the channel `{name}` could not be told: {error}", error.code())
}

/// An alert that nobody hears is a failure.
fn silence(unreached: &[(String, AlertError)]) -> Result<(), Failure> {
    let Some((_, first)) = unreached.first() else { return Ok(()) };
    let all: Vec<String> = unreached.iter().map(|(name, error)| unheard(name, error)).collect();
    Err(Failure { text: all.join("\n"), hint: Some(first.hint()), exit_code: 74 })
}
