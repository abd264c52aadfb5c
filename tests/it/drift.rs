use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sendmart::conform::Sorter;
use sendmart::definitions::{self, Collection, Format};
use sendmart::prove::{Proof, prove};
use sendmart::read::{Opened, ReadError, Rows};

use crate::checkout;

type Grid = Vec<Vec<String>>;

/// A file as text, and what its layout takes of it.
struct Dataset {
    collection: std::sync::Arc<Collection>,
    file_name: String,
    is_workbook: bool,
    /// Whether its layout refuses a label that it does not know.
    refuses_more: bool,
    sheet: String,
    grid: Grid,
    /// Index of the header.
    header: usize,
    /// A label that has to be there, and its column.
    needed: (usize, String),
    /// Two columns that are taken.
    taken: (usize, usize),
    rows: Vec<BTreeMap<String, String>>,
}

/// What a change of the file has to come to.
#[derive(Clone, Copy)]
enum Verdict {
    /// Taken: every row and value of before, and this many rows more.
    Same(usize),
    /// Taken, without the column that has to be there: its place is known as another's value.
    Refused(&'static str),
    /// Refused by this code, and the message names this.
    Told(&'static str, &'static str),
}
use Verdict::{Refused, Same, Told};

/// How the grid becomes a file.
#[derive(Default)]
struct Shape {
    sheet: Option<String>,
    hidden: bool,
    twice: bool,
}

/// A mutation: its name, what it does, what has to come of it.
struct Mutator {
    name: &'static str,
    change: fn(&Dataset, &mut Grid, &mut Shape),
    verdict: fn(&Dataset) -> Verdict,
}

fn mutators() -> Vec<Mutator> {
    fn labels(data: &Dataset, grid: &mut Grid, change: impl Fn(&str) -> String) {
        for label in &mut grid[data.header] {
            *label = change(label);
        }
    }
    let mutator = |name, change, verdict| Mutator { name, change, verdict };
    vec![
        mutator("as it is", |_, _, _| {}, |_| Same(0)),
        mutator(
            "a letter of a label",
            |data, grid, _| grid[data.header][data.needed.0].push('e'),
            |_| Told("read::header_not_found", "is it"),
        ),
        mutator(
            "another label",
            |data, grid, _| grid[data.header][data.needed.0] = "Quite another thing".into(),
            |_| Refused("read::header_not_found"),
        ),
        mutator(
            "a column gone",
            |data, grid, _| {
                for row in grid {
                    if row.len() > data.needed.0 {
                        row.remove(data.needed.0);
                    }
                }
            },
            |_| Refused("read::header_not_found"),
        ),
        mutator(
            "header row gone",
            |data, grid, _| {
                grid.remove(data.header);
            },
            |_| Refused("read::header_not_found"),
        ),
        mutator(
            "column first to last",
            |_, grid, _| {
                let width = grid.iter().map(Vec::len).max().unwrap();
                for row in grid {
                    row.resize(width, String::new());
                    row.rotate_left(1);
                }
            },
            |_| Same(0),
        ),
        mutator(
            "two columns change places",
            |data, grid, _| {
                let width = grid.iter().map(Vec::len).max().unwrap();
                for row in grid {
                    row.resize(width, String::new());
                    row.swap(data.taken.0, data.taken.1);
                }
            },
            |_| Same(0),
        ),
        mutator(
            "columns in reverse",
            |_, grid, _| {
                let width = grid.iter().map(Vec::len).max().unwrap();
                for row in grid {
                    row.resize(width, String::new());
                    row.reverse();
                }
            },
            |_| Same(0),
        ),
        mutator(
            "a column more, first",
            |data, grid, _| {
                for (index, row) in grid.iter_mut().enumerate() {
                    row.insert(0, if index == data.header { "New thing".into() } else { "7".into() });
                }
            },
            |data| if data.refuses_more { Refused("read::unknown_label") } else { Same(0) },
        ),
        mutator(
            "a column more, in the middle",
            |data, grid, _| {
                for (index, row) in grid.iter_mut().enumerate() {
                    if row.len() > 2 {
                        row.insert(2, if index == data.header { "New thing".into() } else { "x".into() });
                    }
                }
            },
            |data| if data.refuses_more { Refused("read::unknown_label") } else { Same(0) },
        ),
        mutator(
            "a column twice",
            |data, grid, _| {
                let width = grid.iter().map(Vec::len).max().unwrap();
                for row in grid {
                    row.resize(width, String::new());
                    let again = row[data.needed.0].clone();
                    row.push(again);
                }
            },
            |data| if data.refuses_more { Refused("read::unknown_label") } else { Same(0) },
        ),
        mutator("labels in capitals", |data, grid, _| labels(data, grid, str::to_uppercase), |_| Same(0)),
        mutator(
            "labels with space around",
            |data, grid, _| labels(data, grid, |label| format!("  {label}\u{a0}")),
            |_| Same(0),
        ),
        mutator(
            "labels with double space",
            |data, grid, _| labels(data, grid, |label| label.replace(' ', "  ")),
            |_| Same(0),
        ),
        mutator(
            "labels with line ends",
            |data, grid, _| labels(data, grid, |label| label.replace(' ', "\n")),
            |_| Same(0),
        ),
        mutator(
            "labels with no-break spaces",
            |data, grid, _| labels(data, grid, |label| label.replace(' ', "\u{a0}")),
            |_| Same(0),
        ),
        mutator(
            "labels with en dashes",
            |data, grid, _| labels(data, grid, |label| label.replace('-', "–")),
            |_| Same(0),
        ),
        mutator(
            "a footnote glued to a label",
            |data, grid, _| grid[data.header][data.needed.0].push_str("1,2"),
            |_| Told("read::header_not_found", "is it"),
        ),
        mutator(
            "blank rows above",
            |_, grid, _| {
                for _ in 0..3 {
                    grid.insert(0, vec![]);
                }
            },
            |_| Same(0),
        ),
        mutator(
            "a title above",
            |_, grid, _| grid.insert(0, vec!["Return of the county, autumn term".into()]),
            |_| Same(0),
        ),
        mutator(
            "notes above",
            |_, grid, _| {
                for line in ["Notes", "1. Read me", "Source: the county"] {
                    grid.insert(0, vec![line.into()]);
                }
            },
            |_| Same(0),
        ),
        mutator(
            "blank rows under the header",
            |data, grid, _| {
                for _ in 0..2 {
                    grid.insert(data.header + 1, vec![]);
                }
            },
            |_| Same(0),
        ),
        mutator(
            "blank rows in the middle",
            |data, grid, _| {
                for _ in 0..2 {
                    grid.insert(data.header + 3, vec![]);
                }
            },
            |_| Same(0),
        ),
        mutator(
            "header again in the middle",
            |data, grid, _| {
                let header = grid[data.header].clone();
                grid.insert(data.header + 3, header);
            },
            |_| Same(0),
        ),
        mutator(
            "header again at the end",
            |data, grid, _| {
                let header = grid[data.header].clone();
                grid.push(header);
            },
            |_| Same(0),
        ),
        mutator(
            "a totals row",
            |data, grid, _| {
                let width = grid[data.header].len();
                let mut row = vec![String::new(); width];
                row[0] = "Total".into();
                row[width - 1] = "99".into();
                grid.push(row);
            },
            |_| Same(1),
        ),
        mutator(
            "notes below",
            |_, grid, _| {
                grid.push(vec![]);
                grid.push(vec!["Source: the county".into()]);
            },
            |_| Same(1),
        ),
        mutator(
            "header in two rows",
            |data, grid, _| {
                let header = grid[data.header].clone();
                let (a, b) =
                    header
                        .iter()
                        .enumerate()
                        .map(|(index, label)| {
                            if index % 2 == 0 { (label.clone(), String::new()) } else { (String::new(), label.clone()) }
                        })
                        .unzip();
                grid[data.header] = b;
                grid.insert(data.header, a);
            },
            |_| Refused("read::header_not_found"),
        ),
        mutator(
            "header far down",
            |_, grid, _| {
                for _ in 0..60 {
                    grid.insert(0, vec!["a line".into()]);
                }
            },
            |_| Refused("read::header_not_found"),
        ),
        mutator(
            "two headers that differ",
            |data, grid, _| {
                let mut header = grid[data.header].clone();
                header.swap(data.taken.0, data.taken.1);
                grid.insert(data.header + 1, header);
            },
            |_| Told("read::header_tied", "row"),
        ),
        mutator("no row", |data, grid, _| grid.truncate(data.header + 1), |_| Same(0)),
        mutator("sheet renamed", |_, _, shape| shape.sheet = Some("Tabelle1".into()), |_| Same(0)),
        mutator("sheet hidden", |_, _, shape| shape.hidden = true, |_| Same(0)),
        mutator(
            "two sheets of it",
            |_, _, shape| shape.twice = true,
            |data| if data.is_workbook { Refused("read::ambiguous_sheet") } else { Same(0) },
        ),
    ]
}

fn sample(collection: &Collection, layout: &str) -> PathBuf {
    let folder = collection.folder.join("samples").join(layout);
    std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

fn dataset(definitions: &definitions::Definitions, collection: &str, layout_name: &str) -> Dataset {
    let mut collection = (*definitions.collections[collection]).clone();
    collection.layouts.retain(|layout| layout.name == layout_name);
    let path = sample(&collection, layout_name);
    let layout = &collection.layouts[0];
    let is_workbook = matches!(layout.format, Format::Workbook { .. });
    let refuses_more = layout.unknown == definitions::UnknownLabels::Refuse;
    let file_name = path.file_name().unwrap().to_string_lossy().into_owned();
    let proof = prove(&mut Opened::at(&path), &file_name, &collection).unwrap().remove(0);
    let mut grid = Grid::new();
    Rows::open(&path, &layout.format)
        .unwrap()
        .stream(proof.sheet.as_deref(), &mut |block| {
            for (index, row) in block.rows.iter().enumerate() {
                grid.resize((row.number as usize - 1).max(grid.len()), vec![]);
                grid.push(block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect());
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    let header = proof.first_row as usize - 1;
    let needed = proof
        .columns
        .iter()
        .find(|(name, taken)| {
            let arrival = &layout.columns[*name];
            let stands_once = proof.labels.iter().filter(|label| **label == taken.label).count() == 1;
            !arrival.optional
                && arrival.occurrence.is_none()
                && arrival.from_pattern.is_none()
                && stands_once
                && taken.label.len() > 5
        })
        .map(|(_, taken)| (taken.source as usize, taken.label.clone()))
        .unwrap();
    let mut sources = proof.columns.values().map(|taken| taken.source as usize);
    let taken = (sources.next().unwrap(), sources.next().unwrap());
    let mut data = Dataset {
        collection: std::sync::Arc::new(collection),
        file_name,
        is_workbook,
        refuses_more,
        sheet: proof.sheet.as_deref().unwrap_or("Sheet1").to_owned(),
        grid,
        header,
        needed,
        taken,
        rows: Vec::new(),
    };
    data.rows = read(&data, &data.grid, &Shape::default()).unwrap();
    assert!(data.rows.len() > 3, "{layout_name}");
    data
}

fn write(data: &Dataset, grid: &Grid, shape: &Shape, path: &Path) {
    if !data.is_workbook {
        let mut text = String::new();
        for row in grid {
            // A row of blanks only is a blank line, as every other program writes it.
            let fields: Vec<String> = row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            text.push_str(&fields.join(","));
            text.push_str("\r\n");
        }
        std::fs::write(path, text).unwrap();
        return;
    }
    let mut book = rust_xlsxwriter::Workbook::new();
    let mut add = |name: &str, grid: &Grid, hidden: bool| {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        sheet.set_hidden(hidden);
        for (row, cells) in (0_u32..).zip(grid) {
            for (column, cell) in (0_u16..).zip(cells) {
                if !cell.is_empty() {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
        }
    };
    let name = shape.sheet.clone().unwrap_or_else(|| data.sheet.clone());
    if shape.hidden {
        add("Front page", &vec![vec!["Read me".to_owned()]], false);
    }
    add(&name, grid, shape.hidden);
    if shape.twice {
        add("Another", grid, false);
    }
    book.save(path).unwrap();
}

/// The data rows by column; whatever was read is counted.
fn read(data: &Dataset, grid: &Grid, shape: &Shape) -> Result<Vec<BTreeMap<String, String>>, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(&data.file_name);
    write(data, grid, shape, &path);
    let mut opened = Opened::at(&path);
    let proofs = prove(&mut opened, &data.file_name, &data.collection)?;
    assert_eq!(proofs.len(), 1);
    let proof: &Proof = &proofs[0];
    let mut sorter = Sorter::new(proof);
    let mut rows = Vec::new();
    opened.rows(&proof.layout.format).unwrap().stream(proof.sheet.as_deref(), &mut |block| {
        let sorted = sorter.sort(block);
        for index in &sorted.data {
            let row = sorted.block.rows[*index as usize];
            let value = |source| sorted.block.shown(sorted.block.cell(row, source)).trim().to_owned();
            rows.push(proof.columns.iter().map(|(name, taken)| (name.clone(), value(taken.source))).collect());
        }
        ControlFlow::Continue(())
    })?;
    assert_eq!(sorter.rows_read, rows.len() as u64 + sorter.skipped.values().sum::<u64>());
    Ok(rows)
}

#[test]
fn a_header_that_drifts_is_found_or_refused_and_no_row_is_lost() {
    let definitions = definitions::load(checkout(), None).unwrap();
    let datasets = [
        dataset(&definitions, "published_ehcp", "timeliness"),
        dataset(&definitions, "published_exclusions", "by_reason"),
        dataset(&definitions, "inclusion_discussions", "aid_register"),
        dataset(&definitions, "workforce_posts", "wf_post"),
    ];
    let mutators = mutators();
    assert!(mutators.len() >= 30);
    let mut wrong = Vec::new();
    for data in &datasets {
        for mutator in &mutators {
            let (mut grid, mut shape) = (data.grid.clone(), Shape::default());
            (mutator.change)(data, &mut grid, &mut shape);
            let told = format!("{} of {}", mutator.name, data.collection.name);
            match ((mutator.verdict)(data), read(data, &grid, &shape)) {
                (Same(more), Ok(rows)) => {
                    let expected = if mutator.name == "no row" { &[][..] } else { &data.rows };
                    if rows.len() != expected.len() + more {
                        wrong.push(format!("{told}: {} rows, not {}", rows.len(), expected.len() + more));
                    }
                    for row in expected.iter().filter(|row| !rows.contains(row)) {
                        wrong.push(format!("{told}: lost {row:?}"));
                    }
                }
                (Refused(code), Err(error)) if error.refusal().is_some_and(|refusal| refusal.code == code) => {}
                (Told(code, text), Err(error))
                    if error.refusal().is_some_and(|refusal| {
                        refusal.code == code && format!("{} {}", refusal.message, refusal.hint).contains(text)
                    }) => {}
                (_, Err(error)) => wrong.push(format!("{told}: {:?}", error.refusal())),
                (_, Ok(_)) => wrong.push(format!("{told}: taken")),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
