use std::path::Path;

use super::*;
use crate::definitions::kpi::parse;

fn kpi(polarity: &str) -> Kpi {
    let head = format!(
        "/*\ntitle = \"Plans issued in time\"\nbasis = \"published\"\narea = \"ASW1\"\nunit = \"percent\"\npolarity = \"{polarity}\"\n\
         grain = \"g\"\nperiod_rule = \"p\"\nrounding = \"decimal_half_up(1)\"\nsource = \"s\"\nsuppression = \"n\"\nreads = [\"t\"]\n*/\n\
         SELECT period, geography_level, geography_code, geography_name, breakdown, numerator, denominator, reason, published, \
         _delivery, _sheet, _row, _superseded FROM mart.t"
    );
    parse(Path::new("k.sql"), &head).unwrap()
}

fn figure(period: &str, value: Option<f64>, mark: &str) -> BoardFigure {
    BoardFigure {
        period: period.to_owned(),
        breakdown: TOTAL.to_owned(),
        value,
        reason: value.is_none().then(|| "unavailable".to_owned()),
        mark: (!mark.is_empty()).then(|| mark.to_owned()),
        ..BoardFigure::default()
    }
}

fn said(polarity: &str, figures: Vec<BoardFigure>) -> String {
    let kpi = kpi(polarity);
    let said = headline(&BoardKpi {
        kpi: &kpi,
        place: "Somewhere".to_owned(),
        code: "933".to_owned(),
        figures,
        left_out: 0,
        lacking: Vec::new(),
        compared: Vec::new(),
        rebases: Vec::new(),
    });
    if said.known.is_empty() { said.message } else { format!("{} {}", said.message, said.known) }
}

#[test]
fn what_where_when_and_by_how_much() {
    let two =
        |now| vec![figure("2024", Some(46.44), ""), figure("2025", Some(now), "provisional: known by 2026-01-31")];
    assert_eq!(
        said("high", two(50.0)),
        "Plans issued in time: 50.0% in Somewhere in 2025, up 3.6 percentage points from 46.44% in 2024, which is better. \
         Provisional: known by 31 January 2026."
            .replace("3.6", "3.56")
    );
    assert!(said("low", two(50.0)).contains("which is worse"));
    assert!(!said("none", two(50.0)).contains("which is"));
    assert!(said("high", two(46.44)).contains("46.44% in Somewhere in 2025, as in 2024."));
}

#[test]
fn no_figure_says_why() {
    assert_eq!(
        said("high", vec![]),
        "Plans issued in time: there is no figure for Somewhere: what came has no record of it."
    );
    assert_eq!(
        said("high", vec![figure("2025", None, "no source: a.b did not come")]),
        "Plans issued in time: there is no figure for Somewhere in 2025: what it is reckoned from is not available. \
         No source: a.b did not come."
    );
    assert_eq!(
        said("high", vec![figure("2024", None, ""), figure("2025", Some(1.0), ""), figure("2026", None, "")]),
        "Plans issued in time: 1.0% in Somewhere in 2025; nothing to compare it with in 2024: what it is reckoned from is not \
         available. There is no figure yet in 2026: what it is reckoned from is not available."
    );
}

#[test]
fn a_drawing_is_described_from_its_figures() {
    let kpi = kpi("high");
    let one = BoardKpi {
        kpi: &kpi,
        place: "Somewhere".to_owned(),
        code: "933".to_owned(),
        figures: vec![],
        left_out: 0,
        lacking: Vec::new(),
        compared: vec![],
        rebases: vec![],
    };
    let figures = [
        figure("2022", Some(5.0), ""),
        figure("2023", None, ""),
        figure("2024", Some(2.0), "partial: a"),
        figure("2025", Some(4.0), ""),
    ];
    let all: Vec<&BoardFigure> = figures.iter().collect();
    assert_eq!(
        line_description(&one, 1, &all),
        "Description of figure 1: this line chart shows plans issued in time in Somewhere, by calendar year. It begins at 5.0% in 2022 and \
         ends at 4.0% in 2025. The lowest is 2.0% in 2024, the highest 5.0% in 2022. 1 of 4 periods has no figure: there the line \
         breaks. 1 point is hollow, since its figure is provisional, revised or partial."
    );
}
