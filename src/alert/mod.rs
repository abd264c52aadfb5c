//! Telling people what goes wrong, once each, and that it is well again.
//!
//! In: the troubles that stand now ([`Trouble`]), what was told before (`ledger/alerts.json`), and the channels of the config. Out: at
//! most one message for each channel, of what is new for it, of what still stands on a later day, and of what is over. A channel that
//! cannot be reached is a trouble itself, which the others are told; what it was not told it is told the next time. No message has a cell
//! value, or a name of a file or a person: it names collections, counts and days.

mod message;
mod send;

use std::collections::BTreeMap;

use jiff::Timestamp;
use thiserror::Error;

use crate::definitions::{AlertChannel, AlertKind};
use crate::lake::Place;
use crate::ledger::{AlertStage, LedgerError, OpenTrouble, keep_troubles, open_troubles};
use crate::model::Zone;
pub use message::{Message, Notice};

/// Something that is wrong now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What tells it from others, the same night after night: `held:sen2`.
    pub key: String,
    /// What is wrong.
    pub words: String,
    /// What to do about it.
    pub hint: String,
}

/// What telling needs from the edge of the program.
pub struct Telling<'a> {
    /// The channels of the config.
    pub channels: &'a [AlertChannel],
    /// Whose place this is, as messages name it.
    pub of: &'a str,
    /// What a day is there.
    pub zone: &'a Zone,
    /// Now.
    pub now: Timestamp,
    /// Reads a secret by its name.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
}

/// How telling went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The channels that took a message, and of how many troubles.
    pub sent: Vec<(String, usize)>,
    /// Those that could not be reached, and why.
    pub unreached: Vec<(String, AlertError)>,
}

/// Why a channel could not be reached. None of them names the address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AlertError {
    /// The environment has no such variable.
    #[error("the environment has no `{0}`, which has its address")]
    NoAddress(String),
    /// It is no address.
    #[error("`{0}` of the environment is not an address of https, or of http on this machine")]
    BadAddress(String),
    /// The other side did not take it.
    #[error("it answered {0}")]
    Refused(u16),
    /// No answer.
    #[error("{0}")]
    Unreachable(String),
    /// The client could not be made: a fault of this machine.
    #[error("no client could be made: {0}")]
    Client(String),
}

impl AlertError {
    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAddress(_) => "alert::no_address",
            Self::BadAddress(_) => "alert::bad_address",
            Self::Refused(_) => "alert::refused",
            Self::Unreachable(_) => "alert::unreachable",
            Self::Client(_) => "alert::client",
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NoAddress(variable) => {
                format!("set `{variable}` where the night runs: in the unit, the crontab or the service's credentials")
            }
            Self::BadAddress(variable) => {
                format!("`{variable}` begins with https://; http:// is for 127.0.0.1 and localhost alone")
            }
            Self::Refused(401 | 403 | 404 | 410) => {
                "the address is not, or no more, one that takes messages: make a new one in the channel".to_owned()
            }
            Self::Refused(_) | Self::Unreachable(_) => {
                "`sendmart alert test` tries it again; what was not told is told the next time".to_owned()
            }
            Self::Client(_) => "report this".to_owned(),
        }
    }
}

/// What of the troubles that stand now people were not told yet, told to each channel; remembers what was.
///
/// # Errors
/// [`LedgerError`] when what was told could not be kept: then it is told again the next time.
pub fn tell(place: &Place, troubles: &[Trouble], telling: &Telling<'_>) -> Result<Told, LedgerError> {
    let kept = open_troubles(place);
    let takers: Vec<&AlertChannel> =
        telling.channels.iter().filter(|channel| channel.kind != AlertKind::Ping).collect();
    let (of_channels, of_the_place): (Vec<OpenTrouble>, Vec<OpenTrouble>) =
        kept.iter().cloned().partition(is_of_channels);
    let mut open = standing(of_the_place, troubles, telling.now);
    let mut result = tell_all(&takers, &mut open, telling);
    // Silence is told by the other channels, in this same night. Of a channel to which nothing was said nothing new is known.
    let (asked, unasked): (Vec<OpenTrouble>, Vec<OpenTrouble>) = of_channels.into_iter().partition(|one| {
        let name = one.key.trim_start_matches(OF_CHANNELS);
        let is_gone = !takers.iter().any(|channel| channel.name == name);
        is_gone
            || result.sent.iter().any(|(sent, _)| sent == name)
            || result.unreached.iter().any(|(unreached, _)| unreached == name)
    });
    let unheard: Vec<Trouble> = result
        .unreached
        .iter()
        .map(|(name, error)| Trouble {
            key: format!("{OF_CHANNELS}{name}"),
            words: format!("The channel `{name}` could not be told: {error}"),
            hint: error.hint(),
        })
        .collect();
    open.extend(unasked);
    open.extend(standing(asked, &unheard, telling.now));
    let is_silent = |channel: &&AlertChannel| result.unreached.iter().any(|(name, _)| *name == channel.name);
    let others: Vec<&AlertChannel> = takers.iter().copied().filter(|channel| !is_silent(channel)).collect();
    let more = tell_all(&others, &mut open, telling);
    result.sent.extend(more.sent);
    result.unreached.extend(more.unreached);
    let names: Vec<&str> = takers.iter().map(|channel| channel.name.as_str()).collect();
    open.retain(|one| !is_forgotten(one, &names));
    if open != kept {
        keep_troubles(place, &open)?;
    }
    Ok(result)
}

/// Asks the dead man's pings: a run ended well.
#[must_use]
pub fn ping(telling: &Telling<'_>) -> Vec<(String, AlertError)> {
    let pings = telling.channels.iter().filter(|channel| channel.kind == AlertKind::Ping);
    pings.filter_map(|channel| Some((channel.name.clone(), send::ping(channel, telling).err()?))).collect()
}

/// Tells a channel that it works; nothing of it is remembered.
///
/// # Errors
/// [`AlertError`] when it does not.
pub fn try_channel(channel: &AlertChannel, telling: &Telling<'_>) -> Result<(), AlertError> {
    if channel.kind == AlertKind::Ping {
        return send::ping(channel, telling);
    }
    send::send(channel, &Message::test(telling.of), telling)
}

const OF_CHANNELS: &str = "channel:";

fn is_of_channels(one: &OpenTrouble) -> bool {
    one.key.starts_with(OF_CHANNELS)
}

/// What stands open, with what stands now: what is new is added, what is over is marked so, what came back stands from now.
fn standing(kept: Vec<OpenTrouble>, troubles: &[Trouble], now: Timestamp) -> Vec<OpenTrouble> {
    let mut open: Vec<OpenTrouble> = kept
        .into_iter()
        .map(|one| {
            let Some(trouble) = troubles.iter().find(|trouble| trouble.key == one.key) else {
                return OpenTrouble { recovered: one.recovered.or(Some(now)), ..one };
            };
            let (words, hint) = (trouble.words.clone(), trouble.hint.clone());
            if one.recovered.is_some() {
                return OpenTrouble { words, hint, since: now, recovered: None, told: BTreeMap::new(), key: one.key };
            }
            OpenTrouble { words, hint, ..one }
        })
        .collect();
    for trouble in troubles {
        if !open.iter().any(|one| one.key == trouble.key) {
            open.push(OpenTrouble {
                key: trouble.key.clone(),
                words: trouble.words.clone(),
                hint: trouble.hint.clone(),
                since: now,
                recovered: None,
                told: BTreeMap::new(),
            });
        }
    }
    open.sort_by(|one, other| one.key.cmp(&other.key));
    open
}

/// What a channel has to be told of a trouble; none where it knows.
fn stage_for(one: &OpenTrouble, channel: &str, telling: &Telling<'_>) -> Option<AlertStage> {
    let told = one.told.get(channel);
    let stage = match (one.recovered, told) {
        // Nobody has to know of what they never heard, and is over.
        (Some(_), None) => return None,
        (Some(_), Some(_)) => AlertStage::Recovered,
        (None, Some(_)) if telling.zone.day_of(telling.now) > telling.zone.day_of(one.since) => AlertStage::Still,
        (None, _) => AlertStage::New,
    };
    (told != Some(&stage)).then_some(stage)
}

/// Nobody has to be told more of it.
fn is_forgotten(one: &OpenTrouble, channels: &[&str]) -> bool {
    one.recovered.is_some()
        && one.told.iter().all(|(name, stage)| *stage == AlertStage::Recovered || !channels.contains(&name.as_str()))
}

/// Tells each channel what it has to be told.
fn tell_all(channels: &[&AlertChannel], open: &mut [OpenTrouble], telling: &Telling<'_>) -> Told {
    let mut result = Told::default();
    for channel in channels {
        match tell_one(channel, open, telling) {
            Ok(0) => {}
            Ok(notices) => result.sent.push((channel.name.clone(), notices)),
            Err(error) => result.unreached.push((channel.name.clone(), error)),
        }
    }
    result
}

/// One message with all that a channel has to be told; gives of how many troubles.
fn tell_one(channel: &AlertChannel, open: &mut [OpenTrouble], telling: &Telling<'_>) -> Result<usize, AlertError> {
    let due: Vec<(usize, AlertStage)> = open
        .iter()
        .enumerate()
        .filter_map(|(index, one)| Some((index, stage_for(one, &channel.name, telling)?)))
        .collect();
    if due.is_empty() {
        return Ok(0);
    }
    let notices = due.iter().map(|(index, stage)| Notice::of(&open[*index], *stage, telling)).collect();
    send::send(channel, &Message::of(telling.of, notices), telling)?;
    for (index, stage) in &due {
        open[*index].told.insert(channel.name.clone(), *stage);
    }
    Ok(due.len())
}

#[cfg(test)]
mod tests;
