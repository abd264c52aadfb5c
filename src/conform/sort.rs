//! Which rows hold records, and why the others do not. Sequential: banners and the end of a table carry over rows.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::fill::Filler;
use crate::definitions::Hidden;
use crate::model::{LineBook, SkipReason, fits};
use crate::prove::Proof;
use crate::read::{Block, Cell, RowFlaw};

/// A block with its data rows picked out.
#[derive(Debug, Clone)]
pub struct Sorted {
    /// The block.
    pub block: Block,
    /// Indices of the rows that hold records.
    pub data: Vec<u32>,
    /// For each data row, the banner above it; empty when the layout has none.
    pub banners: Vec<Option<Arc<str>>>,
}

/// Sorts the rows of one sheet, block by block, and counts them.
#[derive(Debug)]
pub struct Sorter {
    proof: Proof,
    banner: Option<Arc<str>>,
    ended: bool,
    /// The last row that was seen, where the table is one of several of a sheet.
    last: u32,
    /// Rows seen outside the header.
    pub rows_read: u64,
    /// The lines of a text, as far as it was read: how they reconcile with its rows.
    pub lines: LineBook,
    /// Rows without a record, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Rows that may hold a record and that the sheet hides: the first of them and how many. None of them is skipped.
    pub hidden: Option<(u32, u64)>,
    /// Rows that may hold a record and leave off fields at their ends, which are blank: the first of them and how many.
    pub left_off: Option<(u32, u64)>,
    /// First and last rows of records that follow each other.
    pub records: Vec<(u32, u32)>,
    filler: Option<Filler>,
}

impl Sorter {
    /// Starts at the first row of the sheet that was proved.
    #[must_use]
    pub fn new(proof: &Proof) -> Self {
        let (rows_read, skipped) = (0, BTreeMap::new());
        let filler = (!proof.fill.is_empty()).then(|| Filler::new(&proof.fill));
        Self {
            proof: proof.clone(),
            banner: None,
            ended: false,
            last: 0,
            rows_read,
            lines: LineBook::default(),
            skipped,
            hidden: None,
            left_off: None,
            records: Vec::new(),
            filler,
        }
    }

    /// Sorts the next block.
    pub fn sort(&mut self, mut block: Block) -> Sorted {
        let mut data = Vec::with_capacity(block.rows.len());
        let mut banners = Vec::new();
        let blank = if self.proof.region.is_some() { self.blank_between(&block) } else { block.blank_rows };
        self.rows_read += blank;
        self.skip(SkipReason::Blank, blank);
        self.lines.read += block.lines;
        self.lines.within += block.lines_within;
        let flawed = |is: fn(RowFlaw) -> bool| -> HashSet<usize> {
            block.flaws.iter().filter(|(_, flaw)| is(*flaw)).map(|(row, _)| *row as usize).collect()
        };
        let least = self.proof.least_fields();
        let astray = flawed(RowFlaw::is_astray);
        let swallowed = flawed(|flaw| matches!(flaw, RowFlaw::Swallowed(..)));
        for index in 0..block.rows.len() {
            let number = block.rows[index].number;
            // A row whose number says nothing about its place is this table's to tell of, wherever it claims to stand.
            if astray.contains(&index) {
                self.rows_read += 1;
                data.push(fits(index));
                if self.proof.layout.banner.is_some() {
                    banners.push(self.banner.clone());
                }
                continue;
            }
            if !self.proof.holds(number) {
                continue;
            }
            if (self.proof.first_row..=self.proof.last_row).contains(&number) {
                self.lines.header += 1;
                continue;
            }
            self.rows_read += 1;
            if let Some(filler) = &mut self.filler {
                filler.see(&block, index);
            }
            // What a quote has swallowed is kept back line by line, whatever it looks like.
            let is_kept_back = swallowed.contains(&index) && number > self.proof.last_row && !self.ended;
            if !is_kept_back && let Some(reason) = self.reason(&block, index, number) {
                self.skip(reason, 1);
                continue;
            }
            if self.proof.is_left_out() {
                self.skip(SkipReason::Hidden, 1);
                continue;
            }
            if block.rows[index].hidden {
                if self.proof.layout.hidden.rows == Hidden::Skip {
                    self.skip(SkipReason::Hidden, 1);
                    continue;
                }
                let (first, rows) = self.hidden.unwrap_or((number, 0));
                self.hidden = Some((first, rows + 1));
            }
            let cells = block.rows[index].cells as usize;
            if least.is_some_and(|least| (least..self.proof.labels.len()).contains(&cells)) && !is_kept_back {
                let (first, rows) = self.left_off.unwrap_or((number, 0));
                self.left_off = Some((first, rows + 1));
            }
            if let Some(filler) = &self.filler {
                filler.fill(&mut block, index);
            }
            match self.records.last_mut() {
                Some((_, last)) if *last + 1 == number => *last = number,
                _ => self.records.push((number, number)),
            }
            data.push(fits(index));
            if self.proof.layout.banner.is_some() {
                banners.push(self.banner.clone());
            }
        }
        Sorted { block, data, banners }
    }

    /// Whether nothing of the table can follow.
    #[must_use]
    pub fn is_past(&self) -> bool {
        self.proof.ends_before(self.last.saturating_add(1))
    }

    /// Rows of the table that the sheet leaves out because nothing stands in them. They are told by their numbers.
    fn blank_between(&mut self, block: &Block) -> u64 {
        let mut blank = 0;
        for row in &block.rows {
            let between = (self.last + 1)..row.number;
            blank += between.filter(|number| self.proof.holds(*number)).count() as u64;
            self.last = row.number;
        }
        blank
    }

    fn skip(&mut self, reason: SkipReason, rows: u64) {
        if rows > 0 {
            *self.skipped.entry(reason).or_insert(0) += rows;
        }
    }

    fn reason(&mut self, block: &Block, index: usize, number: u32) -> Option<SkipReason> {
        if self.proof.area.is_some_and(|area| !(area.first_row..=area.last_row).contains(&number)) {
            return Some(if block.is_blank(index) { SkipReason::Blank } else { SkipReason::Outside });
        }
        if number < self.proof.first_row {
            return Some(if block.is_blank(index) { SkipReason::Blank } else { SkipReason::AboveHeader });
        }
        let Some((column, first)) = block.first_filled(index) else {
            // Cells that could not be placed stood in it.
            return (self.ended || !block.is_flawed(index)).then_some(SkipReason::Blank);
        };
        if self.ended {
            return Some(SkipReason::Note);
        }
        let layout = &self.proof.layout;
        if layout.end.iter().any(|pattern| pattern.is_match(&first)) {
            self.ended = true;
            return Some(SkipReason::Note);
        }
        if layout.skip.iter().any(|pattern| pattern.is_match(&first)) {
            return Some(SkipReason::Note);
        }
        if layout.banner.is_some() && column == layout.banner_at as usize && alone(block, index, column) {
            self.banner = Some(Arc::from(&*first));
            return Some(SkipReason::Banner);
        }
        self.repeats_header(block, index).then_some(SkipReason::RepeatedHeader)
    }

    /// Whether the row is a row of the header again, cell for cell.
    fn repeats_header(&self, block: &Block, index: usize) -> bool {
        let row = block.row(index);
        let shown = |column: usize| row.get(column).map_or("".into(), |cell| block.shown(*cell));
        self.proof.header.iter().any(|header| {
            let width = header.len().max(row.len());
            let label = |column: usize| header.get(column).map_or("", String::as_str);
            let filled = header.iter().any(|label| !label.is_empty());
            filled && (0..width).all(|column| shown(column).trim().trim_start_matches('\u{feff}') == label(column))
        })
    }
}

/// Whether the first filled cell, which stands in this column, is the only one that holds anything.
fn alone(block: &Block, index: usize, column: usize) -> bool {
    block.row(index).iter().skip(column + 1).all(|cell| match *cell {
        Cell::Blank => true,
        Cell::Text(start, length) => block.slice(start, length).trim().is_empty(),
        _ => false,
    })
}
