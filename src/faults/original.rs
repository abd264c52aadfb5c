//! Rows as they stood in the landed file: read again by the layout that read them first, and kept in a file without a name
//! until they are written. Memory holds their places only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::definitions::Collection;
use crate::lake::Place;
use crate::model::Delivery;
use crate::prove::{Proof, prove};
use crate::read::{Cell, Containment, Opened};

/// One cell as it stood. Numbers are kept by their bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stood {
    /// Nothing.
    Blank,
    /// A text, or a formula's error.
    Text(String),
    /// A number.
    Number(u64),
    /// A day, as an Excel serial of the 1900 system.
    Day(u64),
    /// Yes or no.
    Bool(bool),
}

/// Where the rows of one table on one sheet stand in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OriginalPart {
    /// Index of the delivery.
    pub(super) delivery: usize,
    /// The table.
    pub(super) table: String,
    /// The sheet, if the file has sheets.
    pub(super) sheet: Option<String>,
}

/// The rows that were asked for.
pub(super) struct Originals {
    spool: BufWriter<File>,
    end: u64,
    rows: BTreeMap<(usize, u32), (u64, usize)>,
    headers: BTreeMap<usize, (u32, u32)>,
}

impl Originals {
    /// Nothing yet. The rows lie in a file without a name in `folder`.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let spool = BufWriter::new(tempfile::tempfile_in(folder)?);
        Ok(Self { spool, end: 0, rows: BTreeMap::new(), headers: BTreeMap::new() })
    }

    /// Reads rows of the parts of one delivery, and their headers. Gives in words why the rows of some are not there.
    pub(super) fn read(
        &mut self,
        place: &Place,
        collection: &Collection,
        delivery: &Delivery,
        containment: &Containment,
        wanted: &[(usize, &OriginalPart, &BTreeSet<u32>)],
    ) -> io::Result<Option<String>> {
        let mut opened = Opened::within(&place.landed(&delivery.sha256), containment);
        let proofs = match prove(&mut opened, &delivery.file_name, collection) {
            Ok(proofs) => proofs,
            Err(error) => return Ok(Some(error.to_string())),
        };
        let mut lost = None;
        for (index, part, rows) in wanted {
            let proof = proofs
                .iter()
                .find(|proof| proof.layout.table.name == part.table && proof.sheet.as_deref() == part.sheet.as_deref());
            match proof {
                Some(proof) => self.part(&mut opened, proof, *index, rows, &mut lost)?,
                None => lost = Some(format!("table `{}` is not found in it any more", part.table)),
            }
        }
        Ok(lost)
    }

    fn part(
        &mut self,
        opened: &mut Opened,
        proof: &Proof,
        index: usize,
        wanted: &BTreeSet<u32>,
        lost: &mut Option<String>,
    ) -> io::Result<()> {
        self.headers.insert(index, (proof.first_row, proof.last_row));
        let last = wanted.last().copied().unwrap_or(0).max(proof.last_row);
        let rows = match opened.rows(&proof.layout.format) {
            Ok(rows) => rows,
            Err(error) => {
                *lost = Some(error.to_string());
                return Ok(());
            }
        };
        let mut failed = None;
        let read = rows.stream(proof.sheet.as_deref(), &mut |block| {
            for (place, row) in block.rows.iter().enumerate() {
                if row.number > last {
                    return ControlFlow::Break(());
                }
                let is_header = (proof.first_row..=proof.last_row).contains(&row.number);
                if !is_header && !wanted.contains(&row.number) {
                    continue;
                }
                let stood: Vec<Stood> = block
                    .row(place)
                    .iter()
                    .map(|cell| match *cell {
                        Cell::Blank | Cell::NoValue => Stood::Blank,
                        Cell::Text(..) | Cell::Padded(..) | Cell::Error(..) | Cell::Percent(_) | Cell::Flawed(..) => {
                            Stood::Text(block.shown(*cell).into_owned())
                        }
                        Cell::Number(value) | Cell::Duration(value) => Stood::Number(value.to_bits()),
                        Cell::Serial(value) => Stood::Day(value.to_bits()),
                        Cell::Bool(value) => Stood::Bool(value),
                    })
                    .collect();
                if let Err(error) = self.keep((index, row.number), &stood) {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        if let Err(error) = read {
            *lost = Some(error.to_string());
        }
        failed.map_or(Ok(()), Err)
    }

    fn keep(&mut self, key: (usize, u32), stood: &[Stood]) -> io::Result<()> {
        let bytes = serde_json::to_vec(stood)?;
        self.spool.write_all(&bytes)?;
        self.rows.insert(key, (self.end, bytes.len()));
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// First and last row of the header of a part, 1-based.
    pub(super) fn header(&self, part: usize) -> Option<(u32, u32)> {
        self.headers.get(&part).copied()
    }

    /// Whether a row is here.
    pub(super) fn has(&self, part: usize, row: u32) -> bool {
        self.rows.contains_key(&(part, row))
    }

    /// A row as it stood; nothing for one that is not here.
    pub(super) fn row(&mut self, part: usize, row: u32) -> io::Result<Vec<Stood>> {
        let Some(&(start, length)) = self.rows.get(&(part, row)) else { return Ok(Vec::new()) };
        self.spool.flush()?;
        let file = self.spool.get_mut();
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}
