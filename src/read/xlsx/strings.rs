//! The table of texts that the cells of a workbook share: all of them in one string.

use super::package::{Package, PartScanner};
use super::scan::{XmlError, XmlToken};
use super::{error, text};
use crate::model::fits;
use crate::read::ReadError;

/// The most bytes of texts. Excel's own limit on a workbook's unique texts is far below it.
const MOST_BYTES: usize = 1 << 30;

/// The texts.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    all: String,
    /// Where each ends; it begins where the one before it ends.
    ends: Vec<u32>,
    /// Those that hold a character that XML does not have.
    bad: Vec<u32>,
}

impl SharedStrings {
    pub(super) fn read(package: &mut Package, part: &str) -> Result<Self, ReadError> {
        if package.size(part) > MOST_BYTES as u64 {
            return Err(too_large());
        }
        let mut strings = Self::default();
        let Some(mut scan) = package.part(part)? else { return Ok(strings) };
        let mut keeps = false;
        loop {
            match scan.next().map_err(|error| error::of_part(part, error))? {
                XmlToken::Start if scan.depth() == 1 => keeps = keeps_space(&scan, false),
                XmlToken::Start if scan.depth() == 2 && scan.name() == "si" => {
                    let good =
                        rich_text(&mut scan, &mut strings.all, keeps).map_err(|error| error::of_part(part, error))?;
                    let end = u32::try_from(strings.all.len()).ok().filter(|end| *end as usize <= MOST_BYTES);
                    if !good {
                        strings.bad.push(fits(strings.ends.len()));
                    }
                    strings.ends.push(end.ok_or_else(too_large)?);
                }
                XmlToken::Start if scan.depth() == 2 => scan.skip().map_err(|error| error::of_part(part, error))?,
                XmlToken::Eof => break,
                _ => {}
            }
        }
        strings.all.shrink_to_fit();
        strings.ends.shrink_to_fit();
        Ok(strings)
    }

    /// The text of a number, and whether it is sound.
    pub(super) fn get(&self, index: u32) -> Option<(&str, bool)> {
        let end = *self.ends.get(index as usize)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before as usize] as usize);
        Some((&self.all[start..end], self.bad.is_empty() || self.bad.binary_search(&index).is_err()))
    }
}

/// Whether white space at the ends of texts counts within the element that began last: it says so itself, or the elements
/// around it do.
pub(super) fn keeps_space(scan: &PartScanner<'_>, around: bool) -> bool {
    match scan.attributes().find(|(key, _)| *key == "xml:space") {
        Some((_, said)) => said == "preserve",
        None => around,
    }
}

/// Appends the text of the element that began last, its runs joined and what only tells how to say it (`rPh`) left out;
/// false when it holds what XML does not have. `around` is what the elements around it say of white space.
pub(super) fn rich_text(scan: &mut PartScanner<'_>, out: &mut String, around: bool) -> Result<bool, XmlError> {
    let depth = scan.depth();
    let around = keeps_space(scan, around);
    let mut within = around;
    let mut good = true;
    loop {
        match scan.next()? {
            XmlToken::Start => match scan.name() {
                "t" => good &= plain_text(scan, out, within)?,
                "r" => within = keeps_space(scan, around),
                _ => scan.skip()?,
            },
            XmlToken::End if scan.depth() < depth => return Ok(good),
            XmlToken::End => within = around,
            _ => {}
        }
    }
}

/// Appends the text of the element that began last; false when it holds what XML does not have.
///
/// As Excel does, white space at its ends is left out unless the element, or one around it, says `xml:space="preserve"`.
fn plain_text(scan: &mut PartScanner<'_>, out: &mut String, around: bool) -> Result<bool, XmlError> {
    let preserve = keeps_space(scan, around);
    let from = out.len();
    let good = element_text(scan, out)?;
    if !preserve {
        let trimmed = out[from..].trim_matches([' ', '\t', '\r', '\n']);
        if trimmed.len() < out.len() - from {
            let trimmed = trimmed.to_owned();
            out.truncate(from);
            out.push_str(&trimmed);
        }
    }
    text::unescape(out, from);
    Ok(good)
}

/// Appends the raw text of the element that began last, up to its end; elements within are passed over.
pub(super) fn element_text(scan: &mut PartScanner<'_>, out: &mut String) -> Result<bool, XmlError> {
    let mut good = true;
    loop {
        match scan.next()? {
            XmlToken::Text => {
                let (raw, is_literal) = scan.text();
                good &= text::append(raw, is_literal, out);
                good &= !scan.is_text_bad();
            }
            XmlToken::Start => scan.skip()?,
            XmlToken::End | XmlToken::Eof => return Ok(good),
        }
    }
}

fn too_large() -> ReadError {
    ReadError::content(
        "read::too_large",
        "the workbook's table of texts is larger than 1 GB",
        "ask for the data as CSV, or in parts",
    )
}
