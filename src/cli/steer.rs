//! `withdraw`, `restore`, `rollback` and `resume`: what a person decides about the place.

use clap::Args;
use jiff::Timestamp;

use super::run::holder;
use super::standing;
use super::{Context, Failure, output};
use crate::definitions::did_you_mean;
use crate::lake::Place;
use crate::ledger::Pin;
use crate::model::Zone;
use crate::run::{self, Decider, MeantDelivery};

pub(super) const WITHDRAW: &str = "\
Withdraw a delivery that should never have come: it no longer counts: the next run builds a generation without it, as if it had not arrived.
Its bytes and its books stay, and `sendmart restore` takes it back. Who did it, when and why is in the ledger; `sendmart status` and
`meta.withdrawn` say so. A file that was never published needs none of this: take it out of its source.

DELIVERY is a file's name, where it came from as `sendmart status` and `meta.delivery` have it, an id, or the first four
characters or more of one. Where several are meant they are listed, and nothing is done.

The reason is kept and shown: write no name of a person into it.

Examples:
  sendmart withdraw 2025_spring_pupilonroll.csv --why \"another authority's\"
  sendmart withdraw 3f9a --why \"a test export\"
  sendmart run                                  publishes without it";

pub(super) const ROLLBACK: &str = "\
The place is pinned to that generation: runs land and read what comes, and publish nothing, until `sendmart resume`. They end with
exit code 77 meanwhile, and `sendmart status` says at what, since when and why.

Examples:
  sendmart rollback 3 --why \"the figures for May were wrong\"
  sendmart resume
  sendmart run";

#[derive(Debug, Args)]
pub(super) struct WithdrawArgs {
    /// The delivery: a file's name, where it came from, or an id
    delivery: String,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT")]
    why: String,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// The delivery: a file's name, where it came from, or an id
    delivery: String,
}

#[derive(Debug, Args)]
pub(super) struct RollbackArgs {
    /// Its number, as `sendmart status` lists them
    generation: u64,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub(super) fn withdraw(context: &Context, args: &WithdrawArgs) -> Result<(), Failure> {
    let why = args.why.trim();
    if why.is_empty() {
        return Err(Failure::usage("`--why` is blank", "say in a few words why the delivery should count no more"));
    }
    let (place, definitions) = context.definitions()?;
    let delivery = one(&place, &definitions.settings.zone, &args.delivery, false)?.delivery;
    run::withdraw(&place, &delivery.delivery_id, why, &decider())?;
    output::said(&format!(
        "`{}` of `{}` ({}) is withdrawn: `sendmart run` publishes without it, `sendmart restore {}` takes it back",
        delivery.file_name, delivery.collection, delivery.delivery_id, delivery.delivery_id
    ));
    Ok(())
}

pub(super) fn restore(context: &Context, args: &RestoreArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let delivery = one(&place, &definitions.settings.zone, &args.delivery, true)?.delivery;
    run::restore(&place, &delivery.delivery_id, &decider())?;
    output::said(&format!(
        "`{}` of `{}` ({}) counts again: `sendmart run` publishes with it",
        delivery.file_name, delivery.collection, delivery.delivery_id
    ));
    Ok(())
}

pub(super) fn rollback(context: &Context, args: &RollbackArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let why = args.why.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let current = run::rollback(&place, args.generation, why, &decider())?;
    output::said(&format!(
        "Generation {} of {} is live again, and stays so until `sendmart resume`: runs land and read, and publish nothing",
        current.generation,
        definitions.settings.zone.shown(current.published_at)
    ));
    Ok(())
}

pub(super) fn resume(context: &Context) -> Result<(), Failure> {
    let (place, _) = context.definitions()?;
    match run::resume(&place, &decider())? {
        Some(pin) => output::said(&format!(
            "The place is no longer pinned to generation {}: the next `sendmart run` publishes",
            pin.generation
        )),
        None => output::said("The place is not pinned: runs publish"),
    }
    Ok(())
}

/// A pin in words.
pub(super) fn pinned(pin: &Pin, zone: &Zone) -> String {
    let why = pin.why.as_deref().unwrap_or("no reason was given");
    format!("pinned to generation {} since {} by {}: {why}", pin.generation, zone.shown(pin.at), pin.by)
}

/// The one delivery that is meant, among those that are withdrawn or those that are not.
fn one(place: &Place, zone: &Zone, asked: &str, withdrawn: bool) -> Result<MeantDelivery, Failure> {
    let all = run::meant(place, asked)?;
    if all.is_empty() {
        let names = run::file_names(place)?;
        let hint = did_you_mean(asked, names.iter().map(String::as_str)).map_or_else(
            || "`sendmart query \"SELECT delivery_id, collection, file_name FROM meta.delivery\"` lists those that count".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        return Err(Failure::absent(format!("there is no delivery `{asked}`"), hint));
    }
    let mut eligible: Vec<MeantDelivery> =
        all.iter().filter(|meant| meant.is_withdrawn == withdrawn).cloned().collect();
    match eligible.len() {
        1 => Ok(eligible.remove(0)),
        0 => Err(Failure::usage(
            format!("`{asked}` is {}", if withdrawn { "not withdrawn" } else { "withdrawn already" }),
            "`sendmart status` lists what is withdrawn",
        )),
        count => {
            let lines: Vec<String> = eligible.iter().map(|meant| candidate(meant, zone)).collect();
            Err(Failure::usage(
                format!("{count} deliveries are meant by `{asked}`; nothing was done\n{}", lines.join("\n")),
                "name one by its id",
            ))
        }
    }
}

fn candidate(meant: &MeantDelivery, zone: &Zone) -> String {
    let delivery = &meant.delivery;
    let rows = meant
        .rows_accepted
        .map_or_else(|| "no rows taken".to_owned(), |rows| standing::counted(rows, "row accepted", "rows accepted"));
    format!(
        "  {}  {}  {}  received {}, {rows}",
        delivery.delivery_id,
        delivery.collection,
        delivery.source,
        zone.told(delivery.received_at)
    )
}

fn decider() -> Decider<'static> {
    Decider { by: user(), holder: holder(), now: &Timestamp::now }
}

/// The user of this machine by the name that it has for them, and who they were before `sudo`.
fn user() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let known = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let of_line = |line: &str| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1) == Some(id.as_str())).then(|| name.to_owned())
    };
    let name = known.lines().find_map(of_line).unwrap_or_else(|| format!("user {id}"));
    match std::env::var("SUDO_USER") {
        Ok(before) if !before.is_empty() && before != name => format!("{before} as {name}"),
        _ => name,
    }
}
