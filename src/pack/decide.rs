//! What needs a decision: each a sentence made of figures, with a link to where it stands.

use maud::{Markup, html};

use super::board_pack::BoardPack;
use super::frame::PageLinks;
use super::judged::{aim_words, aimed, judged};
use super::kpi_page::drawn_kind;
use super::period::{day_words, days_in_words, period_words};
use super::schools::{SchoolsOfPhase, by_phase};
use super::values::BoardKpi;
use crate::kpi::TargetStatus;
use crate::statistics::spc::SpcVariation;

/// One thing that the board is asked to decide, or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BoardDecision {
    /// What kind it is, in a word or two.
    pub(super) kind: &'static str,
    /// What is so.
    pub(super) said: String,
    /// Where it stands in the pack.
    pub(super) link: String,
}

/// The section of the front page.
pub(super) fn decisions(pack: &BoardPack<'_>) -> Markup {
    let all = needed(pack);
    html! {
        section aria-labelledby="decide-heading" {
            h2 id="decide-heading" { "What needs a decision" }
            @if all.is_empty() { p { "Nothing of these figures asks for a decision." } }
            @else {
                ol class="decide" { @for one in &all { li data-kind=(one.kind) { strong { (one.kind) ": " } a href=(one.link) { (one.said) } } } }
            }
        }
    }
}

/// All of them, the weightiest first.
pub(super) fn needed(pack: &BoardPack<'_>) -> Vec<BoardDecision> {
    let mut all = Vec::new();
    let kpis = || pack.pages.kpis.iter();
    all.extend(kpis().filter_map(off_target));
    all.extend(kpis().filter_map(concerning));
    all.extend(kpis().flat_map(persistent));
    all.extend(pack.cases.iter().filter(|list| list.count > 0).map(|list| BoardDecision {
        kind: "Cases",
        said: super::sentence::capital(&list.said()),
        link: format!("#{}-heading", list.id),
    }));
    all.extend(held(pack));
    all.extend(missing(pack));
    all.extend(restated(pack));
    all
}

/// A KPI whose newest judged figure is worse than the line to its target.
fn off_target(one: &BoardKpi<'_>) -> Option<BoardDecision> {
    let (_, aim) = aimed(one)?;
    let is_off = matches!(aim.status, TargetStatus::Behind | TargetStatus::NotReached);
    is_off.then(|| BoardDecision {
        kind: "Off target",
        said: format!("{}. {}", one.kpi.title, aim_words(one).unwrap_or_default()),
        link: format!("#{}-heading", one.anchor()),
    })
}

/// A KPI whose newest charted figure is worse by more than chance.
fn concerning(one: &BoardKpi<'_>) -> Option<BoardDecision> {
    let verdict = judged(one, &drawn_kind(one));
    (verdict.variation() == Some(SpcVariation::Concerning)).then(|| BoardDecision {
        kind: "Worse by more than chance",
        said: format!("{}. {}", one.kpi.title, verdict.variation_words().unwrap_or_default()),
        link: format!("#{}-heading", one.anchor()),
    })
}

/// Schools that are worse than others by more than chance, period after period.
fn persistent(one: &BoardKpi<'_>) -> Vec<BoardDecision> {
    let of = |schools: SchoolsOfPhase<'_>| {
        let worse = schools.persistently_worse(one.kpi.polarity);
        let named: Vec<String> = worse.iter().map(|(index, _)| schools.name(*index)).collect();
        (!worse.is_empty()).then(|| BoardDecision {
            kind: "Schools that differ",
            said: format!(
                "{}: {} worse than {} by more than chance in {}, and before",
                one.kpi.title,
                named.join(", "),
                schools.counted(),
                period_words(schools.period)
            ),
            link: format!("#{}-between-schools", one.anchor()),
        })
    };
    by_phase(one).into_iter().filter_map(of).collect()
}

fn held<'p>(pack: &'p BoardPack<'_>) -> impl Iterator<Item = BoardDecision> + 'p {
    pack.pages.held.iter().map(|held| {
        let since = held.since.map_or_else(String::new, |day| format!(" since {}", day_words(day)));
        BoardDecision {
            kind: "Return held",
            said: format!("{} does not pass{since}: its figures are of what came before", held.collection),
            link: "#late-held".to_owned(),
        }
    })
}

/// Returns of periods that are over.
fn missing<'p>(pack: &'p BoardPack<'_>) -> impl Iterator<Item = BoardDecision> + 'p {
    let as_of = pack.pages.as_of;
    let is_due = move |ends: Option<jiff::civil::Date>| ends.is_some_and(|day| day <= as_of);
    pack.pages.missing.iter().filter(move |one| is_due(one.ends)).map(|one| BoardDecision {
        kind: "Return missing",
        said: format!(
            "{}, for {}: {} without a whole figure",
            days_in_words(&one.absence),
            period_words(&one.period),
            if one.kpis.len() == 1 { "1 KPI".to_owned() } else { format!("{} KPIs", one.kpis.len()) }
        ),
        link: "#late-missing".to_owned(),
    })
}

fn restated(pack: &BoardPack<'_>) -> Option<BoardDecision> {
    let changes = pack.changes.as_ref()?;
    let of = |kpi: &super::board_pack::ChangedKpi| kpi.moved.iter().filter(|figure| figure.is_restated()).count();
    let figures: usize = changes.kpis.iter().map(of).sum();
    let kpis = changes.kpis.iter().filter(|kpi| of(kpi) > 0).count();
    let link = if figures > 0 { "#restated".to_owned() } else { PageLinks::OneFile.method() };
    (figures > 0).then(|| BoardDecision {
        kind: "Restated",
        said: format!(
            "{figures} {} of {} {} in the last pack and changed since",
            if figures == 1 { "figure" } else { "figures" },
            if kpis == 1 { "1 KPI".to_owned() } else { format!("{kpis} KPIs") },
            if figures == 1 { "was final" } else { "were final" },
        ),
        link,
    })
}
