use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int32Array, StringArray};

use super::*;
use crate::definitions::kpi::{SELECT_COLUMNS, parse};

fn kpi(more: &str) -> Kpi {
    let text = format!(
        "/*\ntitle = \"T\"\nbasis = \"published\"\narea = \"ASW2\"\nunit = \"per_100\"\npolarity = \"low\"\ngrain = \"g\"\n\
         period_rule = \"p\"\nrounding = \"decimal_half_up(2)\"\nsource = \"s\"\nsuppression = \"n\"\nreads = [\"t\"]\n{more}*/\n\
         SELECT {} FROM mart.t",
        SELECT_COLUMNS.join(", ")
    );
    parse(Path::new("k.sql"), &text).unwrap()
}

type CountedRow = (Option<f64>, Option<f64>, Option<f64>, Option<&'static str>, Option<f64>, bool);

const ROWS: [CountedRow; 6] = [
    (Some(4985.0), Some(69_221.0), Some(7.2), None, Some(7.2), false),
    (Some(0.823_529), Some(935.0), Some(0.09), None, Some(0.09), false),
    (None, Some(592.0), None, Some("suppressed"), None, false),
    (Some(3.0), Some(0.0), None, Some("not_applicable"), None, false),
    (Some(5.0), Some(5775.0), Some(0.09), None, Some(0.05), false),
    (Some(1.0), Some(4.0), Some(25.0), None, None, true),
];

fn batch(rows: &[CountedRow]) -> RecordBatch {
    let same = |value: &'static str| -> ArrayRef { Arc::new(StringArray::from(vec![value; rows.len()])) };
    let numbers = |pick: fn(&CountedRow) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(pick).collect::<Float64Array>())
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("period", same("2016/17")),
        ("geography_level", same("authority")),
        ("geography_code", same("933")),
        ("geography_name", same("Somerset")),
        ("breakdown", same("total")),
        ("numerator", numbers(|row| row.0)),
        ("denominator", numbers(|row| row.1)),
        ("value", numbers(|row| row.2)),
        ("reason", Arc::new(rows.iter().map(|row| row.3).collect::<StringArray>())),
        ("published", numbers(|row| row.4)),
        ("rounding", same("decimal_half_up(2)")),
        ("delivery_id", same("d1")),
        ("layout", same("by_geography, by_reason")),
        ("sheet", Arc::new(StringArray::new_null(rows.len()))),
        ("row_number", Arc::new(Int32Array::from_iter_values(2..2 + i32::try_from(rows.len()).unwrap()))),
        ("_superseded", Arc::new(rows.iter().map(|row| Some(row.5)).collect::<BooleanArray>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

#[test]
fn every_row_is_counted_once() {
    let mut reconciler = Reconciler::new(&kpi(""), 3);
    reconciler.add(&batch(&ROWS)).unwrap();
    let result = reconciler.finish();
    let total = &result.total;
    assert_eq!((total.rows, total.compared, total.equal, total.different, total.fractional_counts), (6, 3, 2, 1, 1));
    let why: Vec<(&str, u64)> = total.not_comparable.iter().map(|(why, rows)| (why.as_str(), *rows)).collect();
    assert_eq!(why, [("no_published_figure", 1), ("suppressed", 1), ("zero_denominator", 1)]);
    assert_eq!(total.rows, total.compared + total.not_comparable.values().sum::<u64>());
    assert_eq!(
        result.parts.iter().map(|part| (part.superseded, part.tally.rows)).collect::<Vec<_>>(),
        [(false, 5), (true, 1)]
    );
    assert!(!result.agrees());
}

#[test]
fn differing_rows_say_where_they_stand_and_stop_at_the_limit() {
    let mut reconciler = Reconciler::new(&kpi(""), 1);
    reconciler.add(&batch(&ROWS)).unwrap();
    reconciler.add(&batch(&ROWS)).unwrap();
    let result = reconciler.finish();
    assert_eq!((result.total.different, result.differing.len()), (2, 1));
    let row = &result.differing[0];
    assert_eq!((row.row, row.delivery_id.as_deref()), (Some(6), Some("d1")));
    assert!(row.computed > row.published);
    assert!(serde_json::to_string(&result).unwrap().contains("\"different\":2"));
}

/// What is known about a release is told where it explains a row of that release, and nowhere else.
#[test]
fn what_is_known_is_told_for_its_own_releases_alone() {
    let known = |layout: &str, place: &str, within: f64| {
        let more = format!(
            "differences = [{{ layouts = [\"{layout}\"], places = [\"{place}\"], within = {within}, what = \"a hand slipped\" }}]\n"
        );
        let mut reconciler = Reconciler::new(&kpi(&more), 3);
        reconciler.add(&batch(&ROWS)).unwrap();
        let result = reconciler.finish();
        assert_eq!(result.total.different, 1);
        assert_eq!(result.differing.len(), 1);
        (
            result.known.iter().map(|known| known.rows).sum::<u64>(),
            result.unexplained,
            result.differing_lines(&|layout| format!("files of {layout}")),
        )
    };
    let (rows, unexplained, lines) = known("by_geography", "933", 0.04);
    assert_eq!((rows, unexplained), (1, 0));
    assert_eq!(
        lines[1],
        "k: 1 of 1 that differ are known (files of by_geography; place 933; off by at most 0.04): a hand slipped"
    );
    for (layout, place, within) in
        [("by_geography_2020", "933", 0.04), ("by_geography", "936", 0.04), ("by_geography", "933", 0.03)]
    {
        let (rows, unexplained, lines) = known(layout, place, within);
        assert_eq!((rows, unexplained), (0, 1), "{layout} {place}");
        assert_eq!(lines[1], "k: 1 of 1 that differ are not explained");
    }
}

#[test]
fn a_carried_figure_is_never_counted_as_equal() {
    let mut reconciler = Reconciler::new(&kpi("carries = true\nnot_comparable = \"no parts in the file\"\n"), 3);
    reconciler.add(&batch(&ROWS)).unwrap();
    let result = reconciler.finish();
    // Of these, the row without a numerator; what has both parts is compared as elsewhere.
    assert_eq!((result.total.compared, result.total.equal, result.total.not_comparable["carried"]), (3, 2, 1));
    let mut reconciler = Reconciler::new(&kpi("not_comparable = \"a count\"\n"), 3);
    reconciler.add(&batch(&ROWS)).unwrap();
    assert_eq!(reconciler.finish().total.not_comparable["carried"], 6);
}
