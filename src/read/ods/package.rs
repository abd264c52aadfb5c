//! Where the content of an OpenDocument spreadsheet is: a member of a zip archive, or the file itself.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::read::ReadError;

/// The most bytes of content, inflated.
const MOST_CONTENT: u64 = 1 << 30;

/// How the content is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Package {
    /// `.ods`: `content.xml` in a zip archive.
    Zip,
    /// `.fods`: one XML file.
    Flat,
}

/// Reads the content from its first byte.
type Take<'t> = dyn FnMut(&mut dyn BufRead) -> Result<(), ReadError> + 't;

impl Package {
    /// Gives the content to `take`.
    pub(super) fn with_content(self, path: &Path, take: &mut Take<'_>) -> Result<(), ReadError> {
        let file = BufReader::with_capacity(1 << 16, File::open(path)?);
        match self {
            Self::Flat => begin(&mut Limited { inner: file, left: MOST_CONTENT }, take),
            Self::Zip => {
                let mut archive = zip::ZipArchive::new(file).map_err(|error| damaged(&error.to_string()))?;
                if is_encrypted(&mut archive) {
                    return Err(ReadError::content(
                        "read::password",
                        "this workbook is password-protected",
                        "open it in LibreOffice, save it again without a password and send it by a secure way",
                    ));
                }
                let member = archive.by_name("content.xml").map_err(|error| damaged(&error.to_string()))?;
                let member = BufReader::with_capacity(1 << 16, member);
                begin(&mut Limited { inner: member, left: MOST_CONTENT }, take)
            }
        }
    }
}

/// Passes over a byte-order mark, so that places are counted alike wherever the reading begins. That of UTF-16 is refused.
fn begin(content: &mut dyn BufRead, take: &mut Take<'_>) -> Result<(), ReadError> {
    let marked = |mark: &[u8], content: &mut dyn BufRead| content.fill_buf().is_ok_and(|bytes| bytes.starts_with(mark));
    if marked(b"\xEF\xBB\xBF", content) {
        content.consume(3);
    }
    if marked(b"\xFF\xFE", content) || marked(b"\xFE\xFF", content) {
        return Err(ReadError::content(
            "read::xml_encoding",
            "the workbook's XML is UTF-16, and OpenDocument is UTF-8",
            "open it in LibreOffice, save it again as .ods and send that",
        ));
    }
    take(content)
}

/// Whether the list of parts says that a part is encrypted.
fn is_encrypted(archive: &mut zip::ZipArchive<BufReader<File>>) -> bool {
    let Ok(manifest) = archive.by_name("META-INF/manifest.xml") else { return false };
    let mut text = Vec::new();
    // A manifest that is cut short or damaged says nothing; the content is proved on its own.
    let _: std::io::Result<usize> = manifest.take(1 << 20).read_to_end(&mut text);
    memchr::memmem::find(&text, b"encryption-data").is_some()
}

fn damaged(said: &str) -> ReadError {
    ReadError::content(
        "read::broken_archive",
        format!("the workbook is damaged or cut short: {said}"),
        "ask for the file again; a download may have been interrupted",
    )
}

/// A reader that fails beyond a size, instead of ending as if nothing followed.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: BufRead> Read for Limited<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let filled = self.fill_buf()?;
        let count = filled.len().min(into.len());
        into[..count].copy_from_slice(&filled[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Limited<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let filled = self.inner.fill_buf()?;
        if self.left == 0 && !filled.is_empty() {
            return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "its content is larger than 1 GB"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(filled.len());
        Ok(&filled[..most])
    }

    fn consume(&mut self, count: usize) {
        self.left -= (count as u64).min(self.left);
        self.inner.consume(count);
    }
}
