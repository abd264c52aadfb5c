//! The formats of a workbook: what a cell's style number makes of its number.

use std::collections::HashMap;

use super::format::{Shown, built_in, shown};
use super::package::Package;
use super::scan::XmlToken;
use super::{error, text};
use crate::read::ReadError;

/// What the number of each cell style is. A style beyond the table is a number.
pub(super) fn read(package: &mut Package, part: &str) -> Result<Vec<Shown>, ReadError> {
    let Some(mut scan) = package.part(part)? else { return Ok(Vec::new()) };
    let mut codes: HashMap<u32, Shown> = HashMap::new();
    let mut ids: Vec<u32> = Vec::new();
    let mut within = false;
    loop {
        match scan.next().map_err(|error| error::of_part(part, error))? {
            XmlToken::Start => {
                let id = || scan.attribute("numFmtId").and_then(|id| id.trim().parse().ok()).unwrap_or(0);
                match (scan.depth(), scan.name()) {
                    (2, "cellXfs") => within = true,
                    (3, "numFmt") => {
                        let code = scan.attribute("formatCode").map(text::attribute).unwrap_or_default();
                        codes.entry(id()).or_insert_with(|| shown(&code));
                    }
                    (3, "xf") if within => ids.push(id()),
                    _ => {}
                }
            }
            XmlToken::End if scan.depth() == 1 => within = false,
            XmlToken::Eof => break,
            _ => {}
        }
    }
    Ok(ids.into_iter().map(|id| codes.get(&id).copied().unwrap_or_else(|| built_in(id))).collect())
}
