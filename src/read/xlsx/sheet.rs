//! One sheet's part, in one pass: rows of cells, and what stands around them.

use super::book::is_true;
use super::gather::Gather;
use super::package::PartScanner;
use super::scan::{XmlError, XmlToken};
use super::strings::{element_text, keeps_space, rich_text};
use super::value::{Reading, Type, flawed};
use super::{reference, text};
use crate::read::block::{Cell, CellFlaw};
use crate::read::{ReadError, SheetAbout};

/// Why the reading of a sheet ended before the sheet did.
pub(super) enum SheetEnd {
    /// The part is broken.
    Xml(XmlError),
    /// Something else is.
    Read(ReadError),
    /// Whoever takes the rows wants no more.
    Enough,
}

impl From<XmlError> for SheetEnd {
    fn from(error: XmlError) -> Self {
        Self::Xml(error)
    }
}

/// Reads a sheet.
pub(super) struct SheetReader<'a, 'p, 'g, 's> {
    pub(super) scan: PartScanner<'p>,
    pub(super) reading: Reading<'a>,
    pub(super) gather: Gather<'g, 's>,
    pub(super) about: SheetAbout,
    /// A value as it is being put together.
    pub(super) value: String,
    /// What the elements that are open say of white space at the ends of texts: the sheet's and that of its rows, the row, the
    /// cell.
    pub(super) keeps: [bool; 3],
}

impl SheetReader<'_, '_, '_, '_> {
    /// Reads the part to its end; what was gathered last stays in the gatherer.
    pub(super) fn read(&mut self) -> Result<(), SheetEnd> {
        let mut outside = 0_u64;
        loop {
            match self.scan.next()? {
                XmlToken::Start => match (self.scan.depth(), self.scan.name()) {
                    (1, "worksheet") => self.keeps = [keeps_space(&self.scan, false); 3],
                    (1, other) => {
                        return Err(broken(format!("it is no worksheet: its root is `{other}`")).into());
                    }
                    (2, "sheetData") => {
                        self.keeps = [keeps_space(&self.scan, self.keeps[0]); 3];
                        self.rows()?;
                    }
                    // A drawing's anchor has a `row` too: only cells are what would be lost.
                    (_, "c") => outside += 1,
                    (depth, _) => self.beside(depth),
                },
                XmlToken::Eof => break,
                _ => {}
            }
        }
        if outside > 0 && self.gather.cells == 0 {
            return Err(broken(format!("it has cells ({outside}), and none of them where cells belong")).into());
        }
        self.about.hidden_rows = self.gather.hidden_rows;
        Ok(())
    }

    fn rows(&mut self) -> Result<(), SheetEnd> {
        loop {
            match self.scan.next()? {
                XmlToken::Start if self.scan.name() == "row" => {
                    self.keeps[1] = keeps_space(&self.scan, self.keeps[0]);
                    let (mut number, mut is_hidden) = (None, false);
                    for (key, value) in self.scan.attributes() {
                        match key {
                            "r" => number = Some(value),
                            "hidden" => is_hidden |= is_true(value),
                            "ht" => is_hidden |= value.trim().parse() == Ok(0.0),
                            _ => {}
                        }
                    }
                    self.gather.open(number, is_hidden);
                    self.row()?;
                    if self.gather.close().is_break() {
                        return Err(SheetEnd::Enough);
                    }
                }
                XmlToken::Start if self.scan.name() == "c" => {
                    return Err(broken("a cell stands outside of the rows".to_owned()).into());
                }
                XmlToken::Start => self.scan.skip()?,
                XmlToken::End | XmlToken::Eof => return Ok(()),
                XmlToken::Text => {}
            }
        }
    }

    fn row(&mut self) -> Result<(), SheetEnd> {
        loop {
            match self.scan.next()? {
                XmlToken::Start if self.scan.name() == "c" => self.cell()?,
                XmlToken::Start => self.scan.skip()?,
                XmlToken::End | XmlToken::Eof => return Ok(()),
                XmlToken::Text => {}
            }
        }
    }

    fn cell(&mut self) -> Result<(), SheetEnd> {
        let (mut place, mut of, mut style) = (None, Type::Number, 0);
        self.keeps[2] = self.keeps[1];
        for (key, value) in self.scan.attributes() {
            match key {
                "r" => place = Some(value),
                "t" => of = Type::of(value),
                "s" => style = value.parse().unwrap_or(0),
                "xml:space" => self.keeps[2] = value == "preserve",
                _ => {}
            }
        }
        let column = self.gather.place(place);
        self.value.clear();
        if let Some(raw) = self.scan.plain_value() {
            let Some(column) = column else { return Ok(()) };
            let block = &mut self.gather.block;
            let cell = if matches!(of, Type::Text | Type::Inline) {
                let good = text::append(raw, false, &mut self.value);
                text::unescape(&mut self.value, 0);
                if good {
                    self.reading.cell(block, of, style, &self.value)
                } else {
                    flawed(block, CellFlaw::Character, &self.value)
                }
            } else if raw.is_empty() && of != Type::Error {
                Cell::Blank
            } else {
                self.reading.cell(block, of, style, raw)
            };
            return self.gather.put(column, cell).map_err(SheetEnd::Read);
        }
        let (mut has_value, mut has_formula, mut good) = (false, false, true);
        loop {
            match self.scan.next()? {
                XmlToken::Start => match self.scan.name() {
                    "v" if !has_value || of != Type::Inline => {
                        // Of two values neither is the cell's: both are told, and together they are no number.
                        if has_value {
                            self.value.push(' ');
                        }
                        has_value = true;
                        good &= element_text(&mut self.scan, &mut self.value)?;
                        if matches!(of, Type::Text | Type::Inline) {
                            text::unescape(&mut self.value, 0);
                        }
                    }
                    "is" if !has_value || of == Type::Inline => {
                        // Some makers write both: a text of its own is what the cell says it holds.
                        (of, has_value) = (Type::Inline, true);
                        self.value.clear();
                        good = rich_text(&mut self.scan, &mut self.value, self.keeps[2])?;
                    }
                    "f" => {
                        has_formula = true;
                        self.scan.skip()?;
                    }
                    _ => self.scan.skip()?,
                },
                XmlToken::End | XmlToken::Eof => break,
                XmlToken::Text => {}
            }
        }
        let Some(column) = column else { return Ok(()) };
        let block = &mut self.gather.block;
        let cell = if !good {
            flawed(block, CellFlaw::Character, &self.value)
        } else if self.value.is_empty() && !(has_value && matches!(of, Type::Error)) {
            // A formula may well give the empty text, and a text may be empty.
            if has_formula && !(has_value && matches!(of, Type::Text | Type::Inline)) {
                Cell::NoValue
            } else {
                Cell::Blank
            }
        } else {
            self.reading.cell(block, of, style, &self.value)
        };
        self.gather.put(column, cell).map_err(SheetEnd::Read)
    }

    /// What stands before and after the rows.
    fn beside(&mut self, depth: usize) {
        let area = |key| self.scan.attribute(key).and_then(reference::area);
        match (depth, self.scan.name()) {
            (3, "col") => {
                let of = |key| self.scan.attribute(key);
                let is_hidden =
                    of("hidden").is_some_and(is_true) || of("width").is_some_and(|it| it.parse() == Ok(0.0));
                let bound = |key| of(key).and_then(|it| it.trim().parse::<u32>().ok()).filter(|it| *it > 0);
                if let (true, Some(first), Some(last)) = (is_hidden, bound("min"), bound("max")) {
                    self.about.hidden_columns.push(first - 1..=last.min(reference::MOST_COLUMNS) - 1);
                }
            }
            (3, "mergeCell") => self.about.merged.extend(area("ref")),
            (2, "autoFilter") => self.about.filtered = area("ref"),
            _ => {}
        }
    }
}

fn broken(what: String) -> XmlError {
    XmlError::Broken(0, what)
}
