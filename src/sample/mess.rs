//! Real-life mess, planted at a stated rate, each fault with its cell.
//!
//! Truth must stand whatever is planted. So a fault that would cost a row stands only in a first delivery that a corrected
//! one replaces, and a last delivery has only what loses nothing: a row sent twice, a category by its withdrawn name.

use super::dice::Dice;
use super::identity;
use super::returns::Cell;

/// What is wrong with a planted cell or row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlantedFault {
    /// A UPN with a wrong check letter.
    CheckLetter,
    /// A day that no calendar has.
    ImpossibleDate,
    /// A code that no list has.
    UnknownCode,
    /// `FIXD`, which `SUSP` took the place of.
    WithdrawnCode,
    /// The row stands twice, cell for cell.
    DuplicateRow,
}

impl PlantedFault {
    /// What a rule that finds it is about: a hint for whoever compares, not the id of a rule.
    pub(super) fn rule_hint(self) -> &'static str {
        match self {
            Self::CheckLetter => "upn_check_letter",
            Self::ImpossibleDate => "impossible_date",
            Self::UnknownCode => "unknown_code",
            Self::WithdrawnCode => "withdrawn_code",
            Self::DuplicateRow => "duplicate_row",
        }
    }
}

/// A fault and where it stands within its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planted {
    /// 1-based; a duplicated row is the second of the two.
    pub(super) row: usize,
    /// 0-based.
    pub(super) column: usize,
    pub(super) fault: PlantedFault,
}

/// The mess of one file.
#[derive(Debug)]
pub(super) struct Mess {
    dice: Dice,
    rate: f64,
    columns: Vec<(usize, PlantedFault)>,
    pub(super) planted: Vec<Planted>,
}

impl Mess {
    /// Mess for a file with this header; labels that it has not are passed over.
    pub(super) fn new(dice: Dice, rate: f64, header: &[&str], wanted: &[(&str, PlantedFault)]) -> Self {
        let column = |label: &str| header.iter().position(|known| *known == label);
        let columns = wanted.iter().filter_map(|(label, fault)| Some((column(label)?, *fault))).collect();
        Self { dice, rate, columns, planted: Vec::new() }
    }

    /// May spoil a row, which is written at this number; gives whether it is to be written twice.
    pub(super) fn touch(&mut self, row: usize, cells: &mut [Cell]) -> bool {
        if self.columns.is_empty() || !self.dice.chance(self.rate) {
            return false;
        }
        let (column, fault) = self.dice.pick(&self.columns);
        let spoilt = match (fault, &cells[column]) {
            (PlantedFault::DuplicateRow, _) => {
                self.planted.push(Planted { row: row + 1, column, fault });
                return true;
            }
            (_, Cell::Blank) => return false,
            (PlantedFault::CheckLetter, Cell::Text(upn)) => Cell::Text(identity::mistyped(upn)),
            (PlantedFault::ImpossibleDate, Cell::Date(day)) => Cell::Text(format!("{}-Feb-30 00:00:00", day.year())),
            (PlantedFault::UnknownCode, _) => Cell::Word("??"),
            (PlantedFault::WithdrawnCode, Cell::Word("SUSP")) => Cell::Word("FIXD"),
            (PlantedFault::CheckLetter | PlantedFault::ImpossibleDate | PlantedFault::WithdrawnCode, _) => {
                return false;
            }
        };
        cells[column] = spoilt;
        self.planted.push(Planted { row, column, fault });
        false
    }
}
