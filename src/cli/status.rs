//! `status`: what is live, what does not count and why, and what the last runs did.

use jiff::Timestamp;

use super::run::grouped;
use super::{Context, Failure, output, standing, steer};
use crate::ledger::{Ledger, SourceLook};
use crate::model::Zone;
use crate::run::{RunError, late, standing_now};
use crate::warehouse::{generations, live};

pub(super) fn status(context: &Context) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let current = live(&place);
    let zone = &definitions.settings.zone;
    let ledger = Ledger::open(&place).map_err(RunError::from)?;
    let counts = standing_now(&place, &definitions)?;
    let late: Vec<String> = late(&place, &definitions, Timestamp::now())?.into_iter().map(|one| one.words).collect();
    if context.json {
        let value = serde_json::json!({
            "live": current, "generations": generations(&place), "deliveries": ledger.deliveries().len(),
            "pinned": ledger.decisions().pin, "withdrawn": withdrawn(&ledger),
            "definitions": definitions.hash, "held": counts.held, "taken_back": counts.taken_back,
            "sources": ledger.looks(), "late": late,
            "strays": counts.strays().map(|(delivery, _)| delivery).collect::<Vec<_>>(),
        });
        output::line(&value.to_string());
        return Ok(());
    }
    if let Some(config) = &context.config {
        output::said(&format!("Config: {}", config.display()));
    }
    match &current {
        Some(current) => output::said(&format!(
            "Live: generation {} of {}, KPIs as of {}, {} rows\n  {}",
            current.generation,
            zone.shown(current.published_at),
            current.as_of,
            grouped(current.rows),
            place.live().display()
        )),
        None => output::said("Nothing is live yet: run `sendmart run`"),
    }
    if let Some(pin) = &ledger.decisions().pin {
        output::said(&format!("The place is {}", steer::pinned(pin, zone)));
        if current.as_ref().is_none_or(|current| current.generation != pin.generation) {
            let what = if generations(&place).iter().any(|kept| kept.generation == pin.generation) {
                "the rollback was cut short, and the next run ends it"
            } else {
                "that generation is kept no more"
            };
            output::said(&format!("  It is not what is live: {what}"));
        }
        output::said("  Runs land and read, and publish nothing, until `sendmart resume`");
    }
    let kept = generations(&place);
    let numbers: Vec<String> = kept.iter().map(|kept| kept.generation.to_string()).collect();
    output::said(&format!(
        "Kept generations: {}",
        if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") }
    ));
    output::said(&format!("Deliveries: {}", ledger.deliveries().len()));
    sources(&ledger, zone);
    for late in &late {
        output::said(&format!("  {late}"));
    }
    for held in &counts.held {
        output::said(&standing::held(held, zone));
    }
    for reason in &counts.stops {
        output::said(&format!("Nothing is published: {reason}"));
    }
    for (delivery, refused) in counts.strays() {
        output::said(&format!("Not read: {}", standing::stray(delivery, refused)));
    }
    for back in &counts.taken_back {
        output::said(&format!("Taken back before it was published: {} (of `{}`)", back.file_name, back.collection));
    }
    for (id, withdrawal) in &ledger.decisions().withdrawn {
        let Some(delivery) = ledger.delivery(id) else { continue };
        output::said(&format!(
            "Withdrawn: {} of `{}` ({id}) since {} by {}: {}",
            delivery.file_name,
            delivery.collection,
            zone.shown(withdrawal.at),
            withdrawal.by,
            withdrawal.why
        ));
    }
    let runs = ledger.runs().map_err(RunError::from)?;
    let recent = runs.iter().rev().take(10).map(|run| {
        vec![
            run.run_id.clone(),
            run.started_at.map_or_else(String::new, |at| zone.shown(at)),
            run.state.map_or_else(String::new, |state| state.as_str().to_owned()),
        ]
    });
    output::rows(&["run", "started", "state"], recent);
    Ok(())
}

/// When the sources were last looked through, and each that could not be read then.
fn sources(ledger: &Ledger, zone: &Zone) {
    let looks = ledger.looks();
    let Some(last) = looks.iter().map(|look| look.last_try).max() else { return };
    let unread: Vec<&SourceLook> = looks.iter().filter(|look| look.unread.is_some()).collect();
    let how = match unread.len() {
        0 => "all could be read".to_owned(),
        some => format!("{some} could not be read, and keep what they held"),
    };
    output::said(&format!("Sources: {} looked through at {}; {how}", looks.len(), zone.shown(last)));
    for look in unread {
        let since = look
            .last_success
            .map_or_else(|| "never read yet".to_owned(), |success| format!("last read at {}", zone.shown(success)));
        let problem = look.unread.as_deref().unwrap_or_default();
        output::said(&format!("  {} of `{}`, {since}: {problem}", look.source, look.collection));
    }
}

/// What was withdrawn, with its delivery.
fn withdrawn(ledger: &Ledger) -> Vec<serde_json::Value> {
    let told = |(id, withdrawal)| {
        let delivery = ledger.delivery(id)?;
        Some(serde_json::json!({ "delivery": delivery, "withdrawal": withdrawal }))
    };
    ledger.decisions().withdrawn.iter().filter_map(told).collect()
}
