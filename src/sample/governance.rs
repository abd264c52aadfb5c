//! Boards and targets of the county: who governs it, and what some KPIs are to reach from where they truly began.
//!
//! A baseline is the true value of the first year of the lives; a target is half of the way to what would be best, though no more than
//! [`AT_MOST`] times the baseline, or three tenths less.

use std::fmt::Write as _;

use super::calendar::Calendar;
use super::day::Day;
use super::identity::AUTHORITY;
use super::truth::KpiTruth;

/// What is aimed at: a KPI, and how its values are written.
struct Aim {
    id: &'static str,
    unit: &'static str,
    places: usize,
    polarity: &'static str,
    /// Last month and day of its year.
    ends: (i32, i32),
}

const AIMS: [Aim; 2] = [
    Aim { id: "ehcp_20_week", unit: "percent", places: 1, polarity: "high", ends: (12, 31) },
    Aim { id: "suspension_rate", unit: "per_100", places: 5, polarity: "low", ends: (7, 31) },
];

/// How many times its baseline a target is at most: a step that is larger is asked about, as a point in a wrong place.
const AT_MOST: f64 = 4.0;

/// Months in which the boards meet.
const MONTHS: [i32; 6] = [1, 3, 5, 7, 9, 11];

/// `boards.toml`.
pub(super) fn boards(calendar: &Calendar) -> String {
    let first = Day::of(calendar.first, 9, 1).iso();
    let last = calendar.first + calendar.years - 1;
    let second = Day::of(last, 9, 1).iso();
    let meetings = |day: i32| {
        let mut text = String::new();
        for year in [last + 1, last + 2] {
            for month in MONTHS {
                let _ = write!(text, "\n[[board.meeting]]\ndate = \"{}\"\n", Day::of(year, month, day).working().iso());
            }
        }
        text
    };
    // The structure changes once, where the lives are longer than a year.
    let changed = if second == first {
        String::new()
    } else {
        format!(
            "\n[[board.version]]\nfrom = \"{second}\"\nchair = {{ role = \"Independent chair\", organisation = \"appointed by the partnership\" }}\n\
             members = [\n    {{ role = \"Director of Children's Services\", organisation = \"County Council\" }},\n    \
             {{ role = \"Chief Nurse\", organisation = \"NHS Integrated Care Board\" }},\n    \
             {{ role = \"Chair\", organisation = \"Parent Carer Forum\" }},\n]\nreports_to = [\"health_and_wellbeing\"]\n"
        )
    };
    format!(
        "# The boards of an invented county.\n[[board]]\nid = \"health_and_wellbeing\"\nname = \"Health and Wellbeing Board\"\n\
         remit = \"Answers for the health and wellbeing of the county.\"\n\n[[board.version]]\nfrom = \"{first}\"\n\
         chair = {{ role = \"Cabinet member for health\", organisation = \"County Council\" }}\n{}\n\
         [[board]]\nid = \"send_partnership\"\nname = \"SEND Partnership Board\"\n\
         remit = \"Answers for the plan by which the area mends what the inspection found.\"\nareas = [\"ASW1\", \"ASW2\", \"workforce\"]\n\n\
         [[board.version]]\nfrom = \"{first}\"\n\
         chair = {{ role = \"Director of Children's Services\", organisation = \"County Council\" }}\n\
         members = [{{ role = \"Chief Nurse\", organisation = \"NHS Integrated Care Board\" }}]\n\
         reports_to = [\"health_and_wellbeing\"]\n{changed}{}",
        meetings(8),
        meetings(20)
    )
}

/// `targets.csv`.
pub(super) fn targets(kpis: &[KpiTruth]) -> String {
    let mut text = "kpi,place,breakdown,unit,polarity,basis,kind,date,value,note\n".to_owned();
    for Aim { id, unit, places, polarity, ends: (month, day) } in AIMS {
        let is_meant = |one: &&KpiTruth| {
            one.kpi_id == id
                && one.geography_level == "authority"
                && one.breakdown == "total"
                && one.per_100().is_some()
        };
        let Some(first) = kpis.iter().find(is_meant) else { continue };
        let Some(baseline) = first.per_100().filter(|value| *value > 0.0) else { continue };
        let Some(begins) = first.period.get(..4).and_then(|year| year.parse::<i32>().ok()) else { continue };
        let ends = if first.period.contains('/') { begins + 1 } else { begins };
        for (kind, years, value) in points(polarity, baseline) {
            let day = Day::of(ends + years, month, day).iso();
            let _ = writeln!(text, "{id},{AUTHORITY:03},total,{unit},{polarity},annual,{kind},{day},{value:.places$},");
        }
    }
    text
}

/// The dated points of a line: what each is, how many years after the first, and its value.
fn points(polarity: &str, baseline: f64) -> [(&'static str, i32, f64); 3] {
    let target =
        if polarity == "high" { f64::midpoint(baseline, 100.0).min(baseline * AT_MOST) } else { baseline * 0.7 };
    [("baseline", 0, baseline), ("milestone", 1, baseline + (target - baseline) * 0.4), ("target", 3, target)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_of_a_line_is_one_that_the_program_asks_about() {
        // A county of 80,000 pupils had 1.4 per cent, and a milestone of 21.1: its place could not be read.
        for (polarity, baseline) in [("high", 0.1), ("high", 1.4), ("high", 30.0), ("high", 100.0), ("low", 13.0)] {
            let line = points(polarity, baseline).map(|point| point.2);
            let is_better = |step: &[f64]| if polarity == "high" { step[1] >= step[0] } else { step[1] < step[0] };
            assert!(
                line.windows(2).all(|step| is_better(step) && (0.25..=4.0).contains(&(step[1] / step[0]))),
                "{line:?}"
            );
        }
    }
}
