//! The text of one definition file, which is a file and not too large.

use std::fs;
use std::path::Path;

use super::problem::Problem;

/// Most bytes of a definition.
const MOST: u64 = 16 << 20;

/// The line of a CSV file at which a record begins, 1-based; 0 where nothing says.
pub(super) fn line_at(position: Option<&csv::Position>) -> usize {
    // What is in memory has no more lines than fit.
    position.map_or(0, |at| usize::try_from(at.line()).unwrap_or(usize::MAX))
}

/// Reads it. A pipe would keep the program waiting for ever, and a device never ends.
pub(super) fn text_of(path: &Path) -> Result<String, Problem> {
    let problem = |code, message, hint: &str| Problem {
        path: path.to_path_buf(),
        line: 0,
        column: 0,
        code,
        message,
        hint: hint.to_owned(),
    };
    let unreadable = |error: std::io::Error| {
        problem(
            "spec::unreadable",
            format!("cannot be read: {error}"),
            "check that the file is there and that you may read it",
        )
    };
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        let message = "is no ordinary file (a pipe, a device, a socket or a folder)".to_owned();
        return Err(problem("spec::not_a_file", message, "a definition is a text file: take this out of the folder"));
    }
    if about.len() > MOST {
        let message = format!("has {} MB; a definition has at most {}", about.len() >> 20, MOST >> 20);
        return Err(problem("spec::too_large", message, "a definition is a text file that people write: is it one?"));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..at]).matches('\n').count() + 1;
        let message = format!("is no UTF-8 text: line {line} has a byte that does not belong there");
        problem("spec::encoding", message, "save the file as UTF-8, which editors offer as an encoding")
    })
}
