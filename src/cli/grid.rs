//! Tables of texts within a screen.
//!
//! A cell is folded between words, or, where that is not enough, after `_`, `/`, `!` and a hyphen between letters; never elsewhere.
//! Where the columns cannot be read so, each row stands as lines of its own.

use comfy_table::{Table, presets};

use super::output::wrapped;

/// What stands between two columns of a table, and at its ends.
const BORDER: usize = 3;

/// The table as it is printed; `width` is that of the screen, if there is one.
pub(super) fn laid_out(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: Option<usize>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let Some(width) = width else { return drawn(header, &rows) };
    let widest = widths(header, &rows, |cell| cell.lines().map(length).max().unwrap_or(0));
    let room = (width + BORDER).saturating_sub(BORDER * header.len() + 4);
    if widest.iter().sum::<usize>() <= room {
        return drawn(header, &rows);
    }
    for split in [whole_words as fn(&str) -> Vec<&str>, parts_of_words] {
        let least = widths(header, &rows, |cell| split(cell).into_iter().map(length).max().unwrap_or(0));
        if least.iter().sum::<usize>() <= room {
            let given = shared(&least, &widest, room);
            let fold = |cells: &mut dyn Iterator<Item = &str>| -> Vec<String> {
                cells.zip(&given).map(|(cell, width)| folded(cell, *width)).collect()
            };
            let header = fold(&mut header.iter().copied());
            let rows: Vec<Vec<String>> = rows.iter().map(|row| fold(&mut row.iter().map(String::as_str))).collect();
            return drawn(&header.iter().map(String::as_str).collect::<Vec<_>>(), &rows);
        }
    }
    records(header, &rows, width)
}

fn drawn(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut shown = Table::new();
    shown.load_preset(presets::ASCII_MARKDOWN);
    shown.set_header(header.iter().copied());
    for row in rows {
        shown.add_row(row);
    }
    shown.to_string()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A measure of each column: the most that any of its cells has of it.
fn widths(header: &[&str], rows: &[Vec<String>], measure: impl Fn(&str) -> usize) -> Vec<usize> {
    let of = |column: usize| {
        let cells = rows.iter().filter_map(move |row| row.get(column)).map(String::as_str);
        cells.chain([header[column]]).map(&measure).max().unwrap_or(0)
    };
    (0..header.len()).map(of).collect()
}

/// The least of each column, and what is left of the room where it is wanted: a column at a time, as long as there is some.
fn shared(least: &[usize], widest: &[usize], room: usize) -> Vec<usize> {
    let mut given = least.to_vec();
    let mut left = room.saturating_sub(given.iter().sum());
    while left > 0 {
        let wanting: Vec<usize> = (0..given.len()).filter(|column| given[*column] < widest[*column]).collect();
        if wanting.is_empty() {
            break;
        }
        for column in wanting.into_iter().take(left) {
            given[column] += 1;
            left -= 1;
        }
    }
    given
}

fn whole_words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// The parts of words that stay together.
fn parts_of_words(text: &str) -> Vec<&str> {
    text.split_whitespace().flat_map(parts).collect()
}

fn parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut begins = 0;
    let mut before = ' ';
    let mut all = word.char_indices().peekable();
    while let Some((at, each)) = all.next() {
        let mut is_between_letters =
            || before.is_alphabetic() && all.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if matches!(each, '_' | '/' | '!') || (each == '-' && is_between_letters()) {
            let ends = at + each.len_utf8();
            parts.push(&word[begins..ends]);
            begins = ends;
        }
        before = each;
    }
    if begins < word.len() {
        parts.push(&word[begins..]);
    }
    parts
}

/// A cell in lines of at most `width`.
fn folded(cell: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in cell.lines() {
        lines.push(String::new());
        for word in line.split_whitespace() {
            let pieces = if length(word) > width { parts(word) } else { vec![word] };
            for (index, piece) in pieces.into_iter().enumerate() {
                let Some(last) = lines.last_mut() else { break };
                let gap = usize::from(index == 0 && !last.is_empty());
                if last.is_empty() || length(last) + gap + length(piece) <= width {
                    last.extend(std::iter::repeat_n(' ', gap));
                    last.push_str(piece);
                } else {
                    lines.push(piece.to_owned());
                }
            }
        }
    }
    lines.join("\n")
}

/// Each row as lines of `name  value`, a blank line between two.
fn records(header: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let longest = header.iter().map(|name| length(name)).max().unwrap_or(0);
    let indent = " ".repeat(longest + 2);
    let line = |name: &str, value: &str| wrapped(value, &format!("{name:longest$}  "), &indent, width);
    let all: Vec<String> = rows
        .iter()
        .map(|row| {
            let filled = header.iter().zip(row).filter(|(_, value)| !value.is_empty());
            filled.map(|(name, value)| line(name, value)).collect::<Vec<_>>().join("\n")
        })
        .collect();
    if all.is_empty() { header.join(", ") } else { all.join("\n\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }

    #[test]
    fn a_table_that_is_too_wide_is_folded_between_words_and_never_within_one() {
        let header = ["file", "what is wrong"];
        let body = rows(&[&["posts.xlsx", "the cell is not a date in a declared form"]]);
        assert_eq!(
            laid_out(&header, body, Some(40)),
            "| file       | what is wrong          |\n\
             |------------|------------------------|\n\
             | posts.xlsx | the cell is not a date |\n\
             |            | in a declared form     |"
        );
    }

    #[test]
    fn a_name_is_parted_after_its_underscores_where_nothing_else_helps() {
        let header = ["collection", "deliveries", "quarantined"];
        let body = rows(&[&["annual_review_contributions", "10", "1"]]);
        assert_eq!(
            laid_out(&header, body, Some(50)),
            "| collection     | deliveries | quarantined |\n\
             |----------------|------------|-------------|\n\
             | annual_review_ | 10         | 1           |\n\
             | contributions  |            |             |"
        );
    }

    #[test]
    fn where_a_word_does_not_fit_each_row_stands_as_lines() {
        let body = rows(&[&["v1:b878630669075835133ef6be8af0e81e", "2025-02-28"], &["v1:3c", ""]]);
        assert_eq!(
            laid_out(&["pupil", "start_date"], body, Some(40)),
            "pupil       v1:b878630669075835133ef6be8af0e81e\nstart_date  2025-02-28\n\npupil       v1:3c"
        );
    }

    #[test]
    fn parts_of_a_word_stay_together_in_dates_and_numbers() {
        assert_eq!(parts("pre-submission.xlsx"), ["pre-", "submission.xlsx"]);
        assert_eq!(parts("2026-08-10"), ["2026-08-10"]);
        assert_eq!(parts("wf_post!row"), ["wf_", "post!", "row"]);
        assert_eq!(parts("2025/26"), ["2025/", "26"]);
    }

    #[test]
    fn no_line_is_wider_than_the_screen() {
        let body = rows(&[
            &["SEN2 2026 pre-submission.xlsx", "Assessments!A16", "2024-10-28", "133", "a note of several words"],
            &["workforce_posts_2026-08.xlsx", "wf_post!C7", "2025-01-20", "119", ""],
        ]);
        let header = ["file", "cell", "received", "days_to_issue", "note"];
        for width in 45..140 {
            let shown = laid_out(&header, body.clone(), Some(width));
            assert!(shown.lines().all(|line| length(line) <= width), "{width}:\n{shown}");
        }
    }
}
