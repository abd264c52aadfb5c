//! Schools of a phase beside one another: which differ by more than chance, a funnel, and a ranking with intervals.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::frame::{PageSetting, table};
use super::funnel_drawing::funnel_drawing;
use super::period::{period_words, within};
use super::shown::{figure_words, part_words, said_words, thousands, unit_name};
use super::values::{BoardFigure, BoardKpi, TOTAL};
use crate::definitions::{Polarity, Unit};
use crate::kpi::{JudgedPlaces, PlaceFigure, judged_places};
use crate::statistics::funnel::{FunnelPlace, FunnelVerdict};
use crate::statistics::intervals::{ConfidenceLevel, Interval, garwood, wilson};

/// Periods over which a school that differs is looked for again.
const LOOKED_AT: usize = 3;
/// Schools that a sentence names.
const NAMED: usize = 5;

/// The schools of a phase in the newest period in which they can be compared.
pub(super) struct SchoolsOfPhase<'k> {
    /// The phase; blank where nothing tells it.
    pub(super) phase: String,
    /// The period.
    pub(super) period: &'k str,
    /// Their figures.
    figures: Vec<&'k BoardFigure>,
    /// The same, as they are judged.
    pub(super) judged: JudgedPlaces,
    /// Schools outside the limits on the same side in an earlier period too: their places in `figures`, and in how many periods.
    pub(super) persistent: Vec<(usize, usize)>,
    /// How many periods were looked at.
    pub(super) looked_at: usize,
}

/// Schools by phase: those of different phases differ for what they are.
pub(super) fn by_phase<'k>(one: &'k BoardKpi<'_>) -> Vec<SchoolsOfPhase<'k>> {
    if !matches!(one.kpi.unit, Unit::Percent | Unit::Per100) {
        return Vec::new();
    }
    let own = one.own_kind();
    let of_school = |figure: &&BoardFigure| figure.is_of_school() && figure.breakdown == TOTAL && figure.kind == own;
    let mut phases: BTreeMap<&str, BTreeMap<&str, Vec<&BoardFigure>>> = BTreeMap::new();
    for figure in one.figures.iter().filter(of_school) {
        let phase = figure.phase.as_deref().unwrap_or_default();
        phases.entry(phase).or_default().entry(&figure.period).or_default().push(figure);
    }
    phases.into_iter().filter_map(|(phase, periods)| of_phase(one, phase, periods)).collect()
}

fn of_phase<'k>(
    one: &BoardKpi<'_>,
    phase: &str,
    periods: BTreeMap<&'k str, Vec<&'k BoardFigure>>,
) -> Option<SchoolsOfPhase<'k>> {
    let judged = |figures: &[&BoardFigure]| {
        let places: Vec<PlaceFigure> = figures.iter().map(|figure| place(figure)).collect();
        judged_places(one.kpi, &places).ok()
    };
    let mut told = periods.into_iter().rev().filter_map(|(period, figures)| {
        let judged = judged(&figures)?;
        Some((period, figures, judged))
    });
    let (period, figures, newest) = told.next()?;
    let earlier: Vec<BTreeMap<&str, bool>> =
        told.take(LOOKED_AT - 1).map(|(_, figures, judged)| outside(&figures, &judged)).collect();
    let now = outside(&figures, &newest);
    let times = |code: &str| {
        let side = now.get(code)?;
        let before = earlier.iter().filter(|outside| outside.get(code) == Some(side)).count();
        (before > 0).then_some(before + 1)
    };
    let persistent =
        figures.iter().enumerate().filter_map(|(index, figure)| Some((index, times(&figure.code)?))).collect();
    let looked_at = earlier.len() + 1;
    Some(SchoolsOfPhase { phase: phase.to_owned(), period, figures, judged: newest, persistent, looked_at })
}

/// The schools outside the limits of 95 %, and whether above.
fn outside<'k>(figures: &[&'k BoardFigure], judged: &JudgedPlaces) -> BTreeMap<&'k str, bool> {
    let of = |(index, place): (usize, FunnelPlace)| {
        let figure = figures.get(index)?;
        Some((figure.code.as_str(), is_above(place.verdict)?))
    };
    judged.by_distance().into_iter().filter_map(of).collect()
}

/// On which side of the limits; none within them.
pub(super) fn is_above(verdict: FunnelVerdict) -> Option<bool> {
    match verdict {
        FunnelVerdict::Above95 | FunnelVerdict::Above998 => Some(true),
        FunnelVerdict::Below95 | FunnelVerdict::Below998 => Some(false),
        FunnelVerdict::Inside | FunnelVerdict::NoDenominator => None,
    }
}

fn place(figure: &BoardFigure) -> PlaceFigure {
    PlaceFigure {
        code: figure.code.clone(),
        name: figure.name.clone(),
        numerator: figure.numerator,
        denominator: figure.denominator,
        is_partial: figure.maturity.as_deref() == Some("partial"),
    }
}

impl SchoolsOfPhase<'_> {
    /// `12 primary schools`.
    pub(super) fn counted(&self) -> String {
        let count = self.judged.compared.len();
        if self.phase.is_empty() { format!("{count} schools") } else { format!("{count} {} schools", self.phase) }
    }

    /// The name of a school.
    pub(super) fn name(&self, index: usize) -> String {
        self.figures.get(index).map_or_else(String::new, |figure| called(figure))
    }

    /// Schools that are on the worse side time after time.
    pub(super) fn persistently_worse(&self, polarity: Polarity) -> Vec<(usize, usize)> {
        let bad = match polarity {
            Polarity::Low => true,
            Polarity::High => false,
            Polarity::None => return Vec::new(),
        };
        let outside = outside(&self.figures, &self.judged);
        let is_bad = |index: usize| {
            self.figures.get(index).is_some_and(|figure| outside.get(figure.code.as_str()) == Some(&bad))
        };
        self.persistent.iter().copied().filter(|(index, _)| is_bad(*index)).collect()
    }
}

fn called(figure: &BoardFigure) -> String {
    if figure.name.is_empty() { format!("school {}", figure.code) } else { figure.name.clone() }
}

/// The section of a KPI's page.
pub(super) fn compared_schools(one: &BoardKpi<'_>, anchor: &str, set: PageSetting, number: &mut usize) -> Markup {
    let phases = by_phase(one);
    if phases.is_empty() {
        return html! {};
    }
    html! {
        (set.heading(2, Some(&format!("{anchor}-between-schools")), &html! { "Between schools" }))
        @for of in &phases { (phase_part(one, anchor, of, number)) }
    }
}

fn phase_part(one: &BoardKpi<'_>, anchor: &str, of: &SchoolsOfPhase<'_>, number: &mut usize) -> Markup {
    *number += 1;
    let kpi = one.kpi;
    let places = of.judged.by_distance();
    let when = within(of.period, false);
    let overall = said_words(kpi, rounded(of.judged.funnel.target * kpi.scale));
    let outside: Vec<String> = places
        .iter()
        .filter(|(_, place)| is_above(place.verdict).is_some())
        .map(|(index, place)| format!("{} ({}, {})", of.name(*index), value(one, of, *index), verdict(place.verdict)))
        .collect();
    let more = outside.len().saturating_sub(NAMED);
    let named = outside.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let said = if outside.is_empty() {
        format!("{}: of {} none differs by more than chance {when}.", kpi.title, of.counted())
    } else {
        format!(
            "{}: of {} {} {} by more than chance {when}: {named}{more}.",
            kpi.title,
            of.counted(),
            outside.len(),
            if outside.len() == 1 { "differs" } else { "differ" }
        )
    };
    let strong =
        places.iter().filter(|(_, place)| matches!(place.verdict, FunnelVerdict::Above998 | FunnelVerdict::Below998));
    let description = format!(
        "Description of figure {number}: this funnel plot shows {} by the size of its denominator, {}, {when}. The line is the overall \
         figure, {overall}; dashed curves are the limits of 95%, solid ones those of 99.8%. {} outside 99.8%, {} outside 95%.",
        super::sentence::uncapital(&kpi.title),
        of.counted(),
        strong.count(),
        outside.len()
    );
    let slug = if of.phase.is_empty() {
        "schools".to_owned()
    } else {
        of.phase.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
    };
    html! {
        figure id={ (anchor) "-funnel-" (slug) } {
            figcaption {
                p class="message" { "Figure " (number) ": " (said) }
                p class="subtitle" { (kpi.title) ", " (unit_name(kpi)) ", " (of.counted()) " of " (one.place) ", " (period_words(of.period)) }
            }
            (funnel_drawing(one, &of.figures, &of.judged))
            p { (description) }
            ul class="verdict" {
                @if let Some(said) = persistent_words(of) { li { (said) } }
                li { (super::sentence::capital(&of.judged.why)) ". By chance alone about 1 school in 20 lies outside 95%, and 1 in 500 outside 99.8%." }
                @if !of.judged.left_out.is_empty() { li { (of.judged.left_out.len()) " not judged: partial, or nothing to divide by." } }
            }
        }
        (ranking(one, &format!("{anchor}-ranking-{slug}"), of))
    }
}

/// The schools that were outside before, as a sentence.
fn persistent_words(of: &SchoolsOfPhase<'_>) -> Option<String> {
    let named: Vec<String> =
        of.persistent.iter().map(|(index, times)| format!("{} ({times})", of.name(*index))).collect();
    if of.looked_at < 2 {
        return None;
    }
    Some(if named.is_empty() {
        format!("No school is outside on the same side as in any of the {} periods before.", of.looked_at - 1)
    } else {
        format!("Outside on the same side in more than one of the last {} periods: {}.", of.looked_at, named.join("; "))
    })
}

fn value(one: &BoardKpi<'_>, of: &SchoolsOfPhase<'_>, index: usize) -> String {
    let found = of.figures.get(index).and_then(|figure| figure.value);
    found.map_or_else(|| "none".to_owned(), |value| said_words(one.kpi, value))
}

/// Verdicts with their per cent as everywhere on the pages.
fn verdict(verdict: FunnelVerdict) -> String {
    verdict.words().replace(" %", "%")
}

/// Schools with their intervals, the worst first.
fn ranking(one: &BoardKpi<'_>, id: &str, of: &SchoolsOfPhase<'_>) -> Markup {
    let kpi = one.kpi;
    let verdicts: BTreeMap<usize, FunnelVerdict> =
        of.judged.by_distance().into_iter().map(|(index, place)| (index, place.verdict)).collect();
    let left_out: BTreeMap<usize, &str> = of.judged.left_out.iter().copied().collect();
    let mut order: Vec<usize> = (0..of.figures.len()).collect();
    let key = |index: usize| of.figures[index].value.unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|one, other| {
        let by_value = if kpi.polarity == Polarity::High {
            key(*one).total_cmp(&key(*other))
        } else {
            key(*other).total_cmp(&key(*one))
        };
        let is_out = |index: &usize| left_out.contains_key(index);
        is_out(one).cmp(&is_out(other)).then(by_value).then_with(|| of.name(*one).cmp(&of.name(*other)))
    });
    let persistent: BTreeSet<usize> = of.persistent.iter().map(|(index, _)| *index).collect();
    let part = |number: Option<f64>| number.map_or_else(|| "[x]".to_owned(), part_words);
    let body = html! {
        thead { tr {
            th scope="col" { "School" } th scope="col" class="n" { (unit_name(kpi)) } th scope="col" class="n" { "95% interval" }
            th scope="col" class="n" { "Count" } th scope="col" class="n" { "Out of" } th scope="col" { "Against the limits" }
        } }
        tbody { @for index in &order {
            @let figure = of.figures[*index];
            tr {
                th scope="row" data-row=(figure.code) { (called(figure)) }
                td class="n" { (figure.value.map_or_else(|| super::marks::symbols(figure).join(" "), |value| figure_words(kpi, value))) }
                td class="n" { (interval_words(one, figure)) }
                td class="n" { (part(figure.numerator)) }
                td class="n" { (part(figure.denominator)) }
                td { (verdicts.get(index).map_or_else(|| left_out.get(index).map_or_else(String::new, |why| (*why).to_owned()), |found| verdict(*found)))
                    @if persistent.contains(index) { ", as before" } }
            }
        } }
    };
    let caption = html! { (kpi.title) ": " (of.counted()) ", " (period_words(of.period)) ", with intervals of 95%" };
    html! {
        details {
            summary { "Ranking of " (of.counted()) " with intervals" }
            (table(id, &caption, &body))
            ul class="notes" { li { "Intervals: " (if kpi.unit == Unit::Percent { "Wilson" } else { "Poisson, exact; too narrow where one pupil counts many times" }) ". [x] not available; [z] there is nothing to divide by." } }
        }
    }
}

/// The interval of 95 % around a figure of counts.
pub(super) fn interval(one: &BoardKpi<'_>, figure: &BoardFigure) -> Option<Interval> {
    let (numerator, denominator) = (figure.numerator?, figure.denominator?);
    if numerator < 0.0 || denominator < 0.0 || numerator.fract() != 0.0 || denominator.fract() != 0.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and not below nought")]
    let (events, size) = (numerator as u64, denominator as u64);
    match one.kpi.unit {
        Unit::Percent => wilson(events, size, ConfidenceLevel::P95).interval(),
        Unit::Per100 => garwood(events, denominator, ConfidenceLevel::P95).interval(),
        Unit::Ratio | Unit::Fte | Unit::Count => None,
    }
}

fn interval_words(one: &BoardKpi<'_>, figure: &BoardFigure) -> String {
    let bound = |value: f64| thousands(&format!("{:.1}", value * one.kpi.scale));
    interval(one, figure)
        .map_or_else(|| "[z]".to_owned(), |found| format!("{} to {}", bound(found.lower), bound(found.upper)))
}

/// An overall figure to two decimals: it is reckoned of all.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
