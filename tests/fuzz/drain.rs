//! Reads all that a file holds.

use std::io::Write;
use std::ops::ControlFlow;

use sendmart::read::Rows;
use sendmart::spec::Format;

/// Any workbook.
#[allow(dead_code, reason = "the target of text has none")]
pub const WORKBOOK: Format = Format::Workbook { sheets: None, content: None, stack: false };

/// Reads every sheet to its end; what the file is refused for does not matter.
pub fn drain(bytes: &[u8], format: &Format) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    let Ok(mut rows) = Rows::open(file.path(), format) else { return };
    let mut sheets: Vec<Option<String>> = rows.sheets().into_iter().map(|(name, _)| Some(name)).collect();
    if sheets.is_empty() {
        sheets.push(None);
    }
    for sheet in sheets {
        let _ = rows.stream(sheet.as_deref(), &mut |block| {
            for index in 0..block.rows.len() {
                for cell in block.row(index) {
                    std::hint::black_box(block.shown(*cell));
                }
            }
            ControlFlow::Continue(())
        });
        if let Some(sheet) = sheet {
            let _ = rows.about(&sheet);
        }
    }
}
