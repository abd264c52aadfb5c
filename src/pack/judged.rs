//! Verdicts beside a series: whether it changes by more than chance, and how it stands to its target. Sentences made of figures.

use maud::{Markup, html};

use super::period::{day_words, period_words};
use super::sentence::{capital, when};
use super::shown::{said_words, with_unit};
use super::values::{BoardFigure, BoardKpi, FigureAim};
use crate::definitions::{SeriesKind, Unit};
use crate::kpi::{JudgedSeries, SeriesPoint, TargetStatus, judged_series, short_number};
use crate::statistics::spc::SpcVariation;

/// Special causes that a description names.
const TOLD: usize = 4;

/// A series with its verdict.
pub(super) struct JudgedOfKpi {
    /// Its points, named as people name their periods.
    pub(super) points: Vec<SeriesPoint>,
    /// The verdict.
    pub(super) judged: JudgedSeries,
    /// The target that it is held against.
    target: Option<f64>,
}

/// Judges the totals of a KPI in periods of a kind.
pub(super) fn judged(one: &BoardKpi<'_>, kind: &str) -> JudgedOfKpi {
    let figures = one.totals(kind);
    let points: Vec<SeriesPoint> = figures.iter().map(|figure| point(figure)).collect();
    let target = figures.iter().rev().find_map(|figure| figure.aim).map(|aim| aim.target);
    let kind = SeriesKind::ALL.into_iter().find(|known| known.as_str() == kind);
    let judged = judged_series(one.kpi, kind, &points, target, &one.rebases);
    JudgedOfKpi { points, judged, target }
}

fn point(figure: &BoardFigure) -> SeriesPoint {
    SeriesPoint {
        period: period_words(&figure.period),
        days: figure.days,
        value: figure.value,
        numerator: figure.numerator,
        denominator: figure.denominator,
        is_marked: figure.mark.is_some(),
        is_partial: figure.maturity.as_deref() == Some("partial") || figure.is_over == Some(false),
    }
}

impl JudgedOfKpi {
    /// What the newest charted figure is; none without limits.
    pub(super) fn variation(&self) -> Option<SpcVariation> {
        self.judged.point(*self.judged.charted.last()?)?.variation
    }

    /// The same in a word for a table.
    pub(super) fn variation_word(&self) -> &'static str {
        match self.variation() {
            None => "no limits",
            Some(SpcVariation::Common) => "chance",
            Some(SpcVariation::Improving) => "improving",
            Some(SpcVariation::Concerning) => "concerning",
            Some(SpcVariation::Higher) => "higher",
            Some(SpcVariation::Lower) => "lower",
        }
    }

    /// The verdict as a sentence; none without limits.
    pub(super) fn variation_words(&self) -> Option<String> {
        self.judged.variation_words(&self.points).map(|words| format!("{}.", capital(&words)))
    }

    /// Sentences below a drawing: what was found, how, and what has to be known.
    pub(super) fn told(&self) -> Markup {
        let assurance = self.judged.assurance_words().zip(self.target);
        let assurance =
            assurance.map(|(words, target)| format!("Held against the target of {}: {words}.", short_number(target)));
        let method = self.judged.method_words().map(|words| format!("{}.", capital(&words)));
        let remarks = self.judged.remarks.iter().map(|remark| format!("{}.", capital(remark)));
        let said: Vec<String> =
            self.variation_words().into_iter().chain(assurance).chain(method).chain(remarks).collect();
        html! { @if !said.is_empty() { ul class="verdict" { @for said in said { li { (said) } } } } }
    }

    /// What the limits of a drawing show, for whoever does not see them; blank where there are none.
    pub(super) fn description(&self) -> String {
        if !self.judged.has_limits() {
            return String::new();
        }
        let special: Vec<String> = self
            .judged
            .special()
            .filter_map(|(index, variation, found)| {
                Some(format!("{} ({}, {found})", self.points.get(index)?.period, shape_words(variation)))
            })
            .collect();
        // The newest are told; a long run is one finding.
        let before = special.len().saturating_sub(TOLD);
        let more = if before > 0 { format!("; and {before} before") } else { String::new() };
        let special: Vec<String> = special.into_iter().skip(before).collect();
        let special = if special.is_empty() {
            "No point is a special cause.".to_owned()
        } else {
            format!("Special causes: {}{more}.", special.join("; "))
        };
        format!(" A solid grey line is the centre of all, dashed lines are the limits of chance. {special}")
    }
}

/// The shape that a special cause is drawn with, and what it means.
fn shape_words(variation: SpcVariation) -> &'static str {
    match variation {
        SpcVariation::Common => "a circle: chance",
        SpcVariation::Improving => "a square: improving",
        SpcVariation::Concerning => "a triangle: concerning",
        SpcVariation::Higher => "a diamond: higher",
        SpcVariation::Lower => "a diamond: lower",
    }
}

/// The newest figure of the place that has a target, in the order of periods; one that is judged before one that is not.
pub(super) fn aimed<'k>(one: &'k BoardKpi<'_>) -> Option<(&'k BoardFigure, FigureAim)> {
    let mut figures: Vec<(&BoardFigure, FigureAim)> = one
        .figures
        .iter()
        .filter(|figure| figure.breakdown == super::values::TOTAL && !figure.is_of_school())
        .filter_map(|figure| Some((figure, figure.aim?)))
        .collect();
    figures.sort_by_key(|(figure, aim)| (aim.difference.is_some(), figure.days.map(|(_, last)| last)));
    figures.pop()
}

/// How the newest judged figure stands to its target, as a sentence; none without a target.
pub(super) fn aim_words(one: &BoardKpi<'_>) -> Option<String> {
    let kpi = one.kpi;
    let (figure, aim) = aimed(one)?;
    let target = format!("Target: {} by {}", with_unit(kpi, aim.target), day_words(aim.target_day));
    let on = figure.days.map_or_else(|| when(kpi, figure), |(_, last)| format!("on {}", day_words(last)));
    let (Some(value), Some(expected)) = (figure.value, aim.expected) else {
        return Some(format!("{target}. {}: {}.", capital(&when(kpi, figure)), aim.status.words()));
    };
    let unit = if kpi.unit == Unit::Percent && kpi.unit_words.is_none() { " percentage points" } else { "" };
    let by = aim.difference.filter(|_| matches!(aim.status, TargetStatus::Behind | TargetStatus::NotReached));
    let by = by.map_or_else(String::new, |by| format!(", by {}{unit}", said_words(kpi, by.abs())));
    Some(format!(
        "{target}. {} the line to it stands at {}, and the figure {} is {}: {}{by}.",
        capital(&on),
        with_unit(kpi, expected),
        when(kpi, figure),
        with_unit(kpi, value),
        aim.status.words()
    ))
}

/// What is published beside the place, of the newest period that has any of it, as a sentence; none where nothing is.
pub(super) fn beside_words(one: &BoardKpi<'_>) -> Option<String> {
    let kpi = one.kpi;
    let row = one.compared.last()?;
    let named = |name: &str, value: Option<f64>| value.map(|value| format!("{name} {}", with_unit(kpi, value)));
    let neighbours = row.mean.zip(row.with_value).map(|(mean, with)| {
        let of = row.neighbours.map_or_else(String::new, |all| format!(" of {all}"));
        let mean = with_unit(kpi, (mean * 100.0).round() / 100.0);
        format!("statistical neighbours {mean} on average ({with}{of} have a figure)")
    });
    let own = row.published.or(row.local);
    let whose = if row.published.is_some() { " by published counts" } else { " by its own returns" };
    let parts: Vec<String> =
        [named("England", row.england), named("the region", row.region), neighbours].into_iter().flatten().collect();
    let place = own.map_or_else(
        || format!("{} has no figure of that period", one.place),
        |value| format!("{} has {}{whose}", one.place, with_unit(kpi, value)),
    );
    let rank = row.rank.zip(row.with_value).map(|(rank, with)| format!(", rank {rank} of {}", with + 1.0));
    let maturity = row.maturity.as_deref().filter(|maturity| *maturity != "final");
    let maturity = maturity.map_or_else(String::new, |maturity| format!(" The published figures are {maturity}."));
    Some(format!(
        "Beside others {}: {place}{}; {}.{maturity}",
        super::period::within(&row.period, false),
        rank.unwrap_or_default(),
        parts.join(", ")
    ))
}
