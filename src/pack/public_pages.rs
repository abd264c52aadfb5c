//! What a public edition leaves out of the pages, whatever its numbers are.

use super::marks::parts;
use super::period::MONTHS;
use super::values::{BoardFigure, BoardKpi, BoardPages, FigureAim};
use crate::kpi::TargetStatus;

/// Why a figure of the public edition is not shown, as a code.
pub(super) const CONFIDENTIAL: &str = "confidential";

/// What a passport tells of rows and days that are of single cases.
const OF_ROWS: [&str; 3] = ["rows_refused", "provisional_share", "newest_day"];

/// Leaves out what speaks of schools, rows and faults.
pub(super) fn whole(pages: &mut BoardPages<'_>) {
    pages.is_public = true;
    pages.late.clear();
    pages.faults.clear();
    for book in &mut pages.books {
        book.rows = [0; 4];
        book.newest_file.clear();
    }
    for held in &mut pages.held {
        held.file.clear();
        "what came last does not pass its checks".clone_into(&mut held.message);
    }
    for missing in &mut pages.missing {
        missing.absence = without_counts(&missing.absence);
    }
}

/// Leaves of a figure what may be shown: `parts` says it of the numerator and of the denominator.
pub(super) fn figure(figure: &mut BoardFigure, is_shown: bool, parts: [bool; 2]) {
    figure.newest_file = None;
    for column in OF_ROWS {
        figure.passport.remove(column);
    }
    figure.mark = figure.mark.as_deref().map(without_counts);
    let [is_above_shown, is_below_shown] = parts;
    figure.numerator = figure.numerator.filter(|_| is_above_shown);
    figure.denominator = figure.denominator.filter(|_| is_below_shown);
    if figure.value.is_none() || is_shown {
        return;
    }
    figure.value = None;
    figure.published = None;
    figure.reason = Some(CONFIDENTIAL.to_owned());
    figure.aim = figure.aim.map(|aim| FigureAim { status: TargetStatus::NoValue, difference: None, ..aim });
}

/// Leaves beside a KPI what others published; its own figure of the same period where it is shown.
pub(super) fn beside(one: &mut BoardKpi<'_>) {
    let shown: std::collections::BTreeMap<String, Option<f64>> =
        one.totals(one.own_kind()).iter().map(|figure| (figure.period.clone(), figure.value)).collect();
    for row in &mut one.compared {
        row.local = row.local.filter(|local| shown.get(&row.period).copied().flatten() == Some(*local));
        if row.published.is_none() && row.local.is_none() {
            row.rank = None;
        }
    }
}

/// A mark without its numbers: `3 of 40 plans` are `some of some plans`. Days and years stay.
pub(super) fn without_counts(mark: &str) -> String {
    let told: Vec<String> = parts(mark).into_iter().map(of_part).collect();
    told.join("; ")
}

fn of_part(part: &str) -> String {
    let words: Vec<&str> = part.split(' ').collect();
    let is_month = |word: Option<&&str>| word.is_some_and(|word| MONTHS.iter().any(|month| word.starts_with(month)));
    let told = words.iter().enumerate().map(|(at, word)| {
        let bare = word.trim_matches(|letter: char| letter.is_ascii_punctuation());
        let digits = bare.replace(',', "");
        let is_count = !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits.len() < 4 || bare.contains(','))
            && !is_month(words.get(at + 1));
        if is_count { word.replace(bare, "some") } else { (*word).to_owned() }
    });
    told.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::without_counts;

    #[test]
    fn a_mark_loses_its_counts_and_keeps_its_days() {
        for (mark, want) in [
            ("partial: 3 of 40 plans have no day", "partial: some of some plans have no day"),
            (
                "partial: left out, advice: 2; partial: the register begins on 2025-09-01",
                "partial: left out, advice: some; partial: the register begins on 2025-09-01",
            ),
            (
                "provisional: told since spring 2026 is not in, between 1 December and census day",
                "provisional: told since spring 2026 is not in, between 1 December and census day",
            ),
            ("partial: of 1,204 plans", "partial: of some plans"),
        ] {
            assert_eq!(without_counts(mark), want);
        }
    }
}
