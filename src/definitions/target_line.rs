//! What a line of targets has to be as a whole: one basis, dates in order, a baseline and a target, no slip of the decimal point.

use std::path::Path;

use super::compile_targets::{RowRead, TargetParts, TargetRow};
use super::problem::Problem;
use super::target::TargetKind;
use super::target_value::in_words;
use super::vocabulary::Polarity;

/// A step of more than so many times is looked at: does moving the point explain it?
const STEP: f64 = 5.0;
/// The same of counts and posts, which are small and may fall so.
const STEP_OF_COUNTS: f64 = 8.0;
/// A moved point explains a step that it brings within so many times.
const NEAR: f64 = 2.0;

/// Checks the rows of one line, in the order of the file; gives whether it is one.
pub(super) fn check(
    path: &Path,
    rows: &[RowRead<'_>],
    problems: &mut Vec<Problem>,
    queries: &mut Vec<Problem>,
) -> bool {
    let before = problems.len();
    let is_read = rows.iter().all(|(_, parts)| parts.is_some());
    let known: Vec<(&TargetRow<'_>, &TargetParts)> =
        rows.iter().filter_map(|(row, parts)| Some((*row, parts.as_ref()?))).collect();
    one_basis(path, rows, problems);
    in_order(path, &known, problems);
    point_in_its_place(path, &known, problems);
    // What cannot be read may be the baseline that is missing.
    if is_read {
        ends(path, &known, problems);
    }
    if is_read && problems.len() == before {
        queries.extend(worse(path, &known));
    }
    is_read && problems.len() == before
}

/// One line is compared with values of one kind: a year to date beside years would be judged by them.
fn one_basis(path: &Path, rows: &[RowRead<'_>], problems: &mut Vec<Problem>) {
    for column in ["basis", "unit", "polarity"] {
        let Some((first, _)) = rows.first() else { return };
        for (row, _) in rows.iter().filter(|(row, _)| row.field(column) != first.field(column)) {
            let (found, other) = (row.field(column), first.field(column));
            let message =
                format!("`{column}` is `{found}`, and `{other}` in line {} of the same line of targets", first.line);
            let hint = match column {
                "basis" => {
                    "a year to date begins again each year and a month is not a year: write one basis for all points of a KPI, place and breakdown"
                }
                _ => "write one for all points of a KPI, place and breakdown",
            };
            problems.push(row.problem(path, column, "target::mixed", message, hint));
        }
    }
}

/// Points stand in order of their days: a baseline first, a target last.
fn in_order(path: &Path, rows: &[(&TargetRow<'_>, &TargetParts)], problems: &mut Vec<Problem>) {
    for pair in rows.windows(2) {
        let [(before, earlier), (row, parts)] = pair else { continue };
        let (one, other) = (earlier.point.day, parts.point.day);
        if other == one {
            let message = format!("two points on {one}, in lines {} and {}", before.line, row.line);
            problems.push(row.problem(path, "date", "target::order", message, "keep one of the two"));
        } else if other < one {
            let message = format!("{other} stands after {one} of line {}", before.line);
            let hint = "the points of a line stand in order of their dates: baseline, milestones, target";
            problems.push(row.problem(path, "date", "target::order", message, hint));
        }
    }
    for (index, (row, parts)) in rows.iter().enumerate() {
        let (kind, line) = (parts.point.kind, row.line);
        let message = match kind {
            TargetKind::Baseline if index > 0 => format!("a `baseline` in line {line}, after other points"),
            TargetKind::Target if index + 1 < rows.len() => format!("a `target` in line {line}, before other points"),
            _ => continue,
        };
        let hint = "a line begins with one `baseline` and ends with one `target`; those between are each a `milestone`";
        problems.push(row.problem(path, "kind", "target::ends", message, hint));
    }
}

fn ends(path: &Path, rows: &[(&TargetRow<'_>, &TargetParts)], problems: &mut Vec<Problem>) {
    let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) else { return };
    for (row, kind, what) in [
        (first, TargetKind::Baseline, "from where: its value before the plan, and the day of that"),
        (last, TargetKind::Target, "to where, and by when"),
    ] {
        if !rows.iter().any(|(_, parts)| parts.point.kind == kind) {
            let of = format!("`{}` of `{}`, {}", row.field("kpi"), row.field("place"), row.field("breakdown"));
            let message = format!("{of}, has no `{}`", kind.as_str());
            problems.push(row.problem(path, "kind", "target::ends", message, format!("add a row that says {what}")));
        }
    }
}

/// 30.8 for 3.08: a step that only a moved point makes small.
fn point_in_its_place(path: &Path, rows: &[(&TargetRow<'_>, &TargetParts)], problems: &mut Vec<Problem>) {
    let mut last: Option<(&TargetRow<'_>, &TargetParts)> = None;
    for (row, parts) in rows {
        let Some((before, earlier)) = last else {
            last = Some((row, parts));
            continue;
        };
        let step = if parts.unit.is_plain() { STEP_OF_COUNTS } else { STEP };
        let Some((meant, times)) = moved_point(earlier.point.value(), parts.point.millionths, step) else {
            last = Some((row, parts));
            continue;
        };
        let is_more = parts.point.value() > earlier.point.value();
        let message = format!(
            "`value` is {}, {times:.1} times {} {} in line {}",
            in_words(parts.point.millionths),
            if is_more { "the" } else { "below the" },
            in_words(earlier.point.millionths),
            before.line
        );
        let hint = format!(
            "did you mean {}? if so large a step is meant, say how: add dated milestones between the two, none {step} times the one before it",
            in_words(meant)
        );
        problems.push(row.problem(path, "value", "target::magnitude", message, hint));
    }
}

/// The value with its point moved by one or two places, where that explains a step that is too large; and how large that is.
#[expect(clippy::cast_precision_loss, reason = "figures of a board have far fewer than 15 digits")]
fn moved_point(before: f64, millionths: i64, step: f64) -> Option<(i64, f64)> {
    let ratio = millionths as f64 / 1e6 / before;
    if before <= 0.0 || millionths <= 0 || (1.0 / step..=step).contains(&ratio) {
        return None;
    }
    let moved =
        [10, 100].map(|factor| if ratio > 1.0 { millionths / factor } else { millionths.saturating_mul(factor) });
    let is_near = |moved: &i64| (1.0 / NEAR..=NEAR).contains(&(*moved as f64 / 1e6 / before));
    moved.into_iter().find(is_near).map(|moved| (moved, ratio.max(1.0 / ratio)))
}

/// A target that is worse than its baseline, and does not say why.
fn worse(path: &Path, rows: &[(&TargetRow<'_>, &TargetParts)]) -> Option<Problem> {
    let ((_, from), (row, to)) = (rows.first()?, rows.last()?);
    let (first, end) = (&from.point, &to.point);
    let is_worse = match to.polarity {
        Polarity::High => end.millionths < first.millionths,
        Polarity::Low => end.millionths > first.millionths,
        Polarity::None => false,
    };
    if !is_worse || end.note.is_some() {
        return None;
    }
    let message = format!(
        "the target {} is worse than the baseline {}, where {} is good",
        in_words(end.millionths),
        in_words(first.millionths),
        to.polarity.as_str()
    );
    let hint = "mend it, or say in `note` of that row why it is meant: that confirms it";
    Some(row.problem(path, "value", "target::worse_than_baseline", message, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_point_is_seen_and_an_ambition_is_not() {
        // Devon's table: 30.8 beside a baseline of 3.99.
        assert_eq!(moved_point(3.99, 30_800_000, STEP).map(|(meant, _)| meant), Some(3_080_000));
        assert_eq!(
            moved_point(60.0, 700_000, STEP).map(|(meant, _)| meant),
            Some(70_000_000),
            "a share for a percentage"
        );
        assert_eq!(moved_point(34.4, 6_500_000, STEP).map(|(meant, _)| meant), Some(65_000_000));
        assert_eq!(moved_point(34.4, 60_000_000, STEP), None);
        assert_eq!(moved_point(12.0, 2_000_000, STEP_OF_COUNTS), None, "twelve children to two");
        assert_eq!(moved_point(12.0, 0, STEP), None, "to none at all");
        assert_eq!(moved_point(0.0, 5_000_000, STEP), None, "from none");
    }
}
