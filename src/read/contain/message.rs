//! What the two processes say to each other: kinds of frames, and the small ones' contents. Big ones are in `frame`.
//!
//! A frame is its kind (one byte), the length of what follows (four bytes, little end first), and what follows.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::model::Refusal;
use crate::read::ReadError;
use crate::read::guard::FileKind;

/// A frame of a child that is longer than this is no frame of ours.
pub(super) const LONGEST: usize = 128 << 20;
/// The longest code, message or hint that is believed.
const LONGEST_TEXT: usize = 4096;
/// More sheets than any workbook has.
const MOST_SHEETS: usize = 65_536;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum MessageKind {
    /// To the child: limits and path.
    Open = 1,
    /// To the child: a sheet, and how much of it.
    Stream = 2,
    /// To the child: one block more.
    More = 3,
    /// To the child: no block more.
    Stop = 4,
    /// To the child: a sheet, of which it is asked what it says of itself.
    About = 5,
    /// To the parent: the file is open; its sheets.
    Sheets = 16,
    /// To the parent: some rows.
    Block = 17,
    /// To the parent: no more rows will come.
    End = 18,
    /// To the parent: the file cannot be taken.
    Refused = 19,
    /// To the parent: the bytes could not be read, which is no fault of the file.
    Failed = 20,
    /// To the parent: what a sheet says of itself.
    Abouts = 21,
}

impl MessageKind {
    fn of(byte: u8) -> Option<Self> {
        [
            Self::Open,
            Self::Stream,
            Self::More,
            Self::Stop,
            Self::Sheets,
            Self::Block,
            Self::End,
            Self::Refused,
            Self::Failed,
            Self::About,
            Self::Abouts,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
    }
}

/// Kind and length out of the head of a frame; none for nonsense.
pub(super) fn head(bytes: [u8; 5]) -> Option<(MessageKind, usize)> {
    let [kind, length @ ..] = bytes;
    let length = usize::try_from(u32::from_le_bytes(length)).ok().filter(|length| *length <= LONGEST)?;
    Some((MessageKind::of(kind)?, length))
}

/// Reads a frame; none at the end of what the other side says.
pub(super) fn receive(from: &mut dyn Read) -> io::Result<Option<(MessageKind, Vec<u8>)>> {
    let mut bytes = [0; 5];
    if from.read(&mut bytes[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut bytes[1..])?;
    let (kind, length) = head(bytes).ok_or(io::ErrorKind::InvalidData)?;
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(Some((kind, body)))
}

/// Writes a frame whose contents stand in parts.
pub(super) fn send(to: &mut dyn Write, kind: MessageKind, parts: &[&[u8]]) -> io::Result<()> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let length = u32::try_from(length).map_err(|_| io::ErrorKind::InvalidData)?;
    to.write_all(&[kind as u8])?;
    to.write_all(&length.to_le_bytes())?;
    for part in parts {
        to.write_all(part)?;
    }
    to.flush()
}

/// What the child is told first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Open {
    /// Address space in bytes.
    pub(super) memory: u64,
    /// Seconds of processor time.
    pub(super) seconds: u64,
    /// What the file is read as.
    pub(super) kind: FileKind,
    /// The file.
    pub(super) path: PathBuf,
}

impl Open {
    pub(super) fn bytes(&self) -> Vec<u8> {
        use std::os::unix::ffi::OsStrExt;
        let kind = match self.kind {
            FileKind::Workbook => 0_u64,
            FileKind::Parquet => 1,
        };
        let numbers = [self.memory, self.seconds, kind].map(u64::to_le_bytes).concat();
        [&numbers, self.path.as_os_str().as_bytes()].concat()
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        use std::os::unix::ffi::OsStrExt;
        let mut cursor = Cursor(bytes);
        let (memory, seconds) = (cursor.number()?, cursor.number()?);
        let kind = match cursor.number()? {
            0 => FileKind::Workbook,
            1 => FileKind::Parquet,
            _ => return None,
        };
        Some(Self { memory, seconds, kind, path: Path::new(std::ffi::OsStr::from_bytes(cursor.0)).to_path_buf() })
    }
}

/// What the child is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StreamAsked {
    /// Rows of a block at most.
    pub(super) max_rows: u64,
    /// Cells of a block at most.
    pub(super) max_cells: u64,
    /// Whether one block is all that is wanted.
    pub(super) first: bool,
    /// The sheet.
    pub(super) sheet: String,
}

impl StreamAsked {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let numbers = [self.max_rows, self.max_cells, u64::from(self.first)];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend_from_slice(self.sheet.as_bytes());
        bytes
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        let (max_rows, max_cells, first) = (cursor.number()?, cursor.number()?, cursor.number()? != 0);
        Some(Self { max_rows, max_cells, first, sheet: String::from_utf8(cursor.0.to_vec()).ok()? })
    }
}

/// Names and visibility of sheets.
pub(super) fn sheets_bytes(sheets: &[(String, bool)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, visible) in sheets {
        bytes.extend_from_slice(&u64::from(*visible).to_le_bytes());
        push_text(&mut bytes, name);
    }
    bytes
}

pub(super) fn read_sheets(bytes: &[u8]) -> Option<Vec<(String, bool)>> {
    let mut cursor = Cursor(bytes);
    let mut sheets = Vec::new();
    while !cursor.0.is_empty() {
        let visible = cursor.number()? != 0;
        sheets.push((cursor.text(LONGEST)?.to_owned(), visible));
        if sheets.len() > MOST_SHEETS {
            return None;
        }
    }
    Some(sheets)
}

/// The frame of an error.
pub(super) fn error_frame(error: &ReadError) -> (MessageKind, Vec<u8>) {
    let mut bytes = Vec::new();
    match error.refusal() {
        None => {
            push_text(&mut bytes, clip(&error.to_string()));
            (MessageKind::Failed, bytes)
        }
        Some(refusal) => {
            for text in [&refusal.code, &refusal.message, &refusal.hint, refusal.at.as_ref().unwrap_or(&String::new())]
            {
                push_text(&mut bytes, clip(text));
            }
            (MessageKind::Refused, bytes)
        }
    }
}

/// A refusal as a child tells it; none when it is not in the form that ours have.
pub(super) fn read_refusal(bytes: &[u8]) -> Option<Refusal> {
    let mut cursor = Cursor(bytes);
    let mut next = || cursor.text(LONGEST_TEXT).map(str::to_owned);
    let (code, message, hint, at) = (next()?, next()?, next()?, next()?);
    let is_code = code.strip_prefix("read::").is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    });
    let is_plain = |text: &str| !text.chars().any(char::is_control);
    (is_code && is_plain(&message) && is_plain(&hint) && is_plain(&at)).then(|| Refusal {
        code,
        message,
        hint,
        at: (!at.is_empty()).then_some(at),
    })
}

/// Why the bytes could not be read.
pub(super) fn read_failure(bytes: &[u8]) -> Option<String> {
    Cursor(bytes).text(LONGEST_TEXT).map(str::to_owned)
}

fn clip(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

pub(super) fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

/// Reads values out of a frame; every length is looked at before it is used.
pub(super) struct Cursor<'b>(pub(super) &'b [u8]);

impl<'b> Cursor<'b> {
    pub(super) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// A length or a count.
    pub(super) fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(super) fn text(&mut self, longest: usize) -> Option<&'b str> {
        let length = self.size().filter(|length| *length <= longest)?;
        std::str::from_utf8(self.take(length)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_what_is_heard() {
        for kind in [FileKind::Workbook, FileKind::Parquet] {
            let open = Open { memory: 7, seconds: 8, kind, path: PathBuf::from("/a b/ü") };
            assert_eq!(Open::read(&open.bytes()), Some(open));
        }
        let stream = StreamAsked { max_rows: 1, max_cells: 2, first: true, sheet: "Größe".to_owned() };
        assert_eq!(StreamAsked::read(&stream.bytes()), Some(stream));
        let sheets = vec![("A".to_owned(), true), (String::new(), false)];
        assert_eq!(read_sheets(&sheets_bytes(&sheets)), Some(sheets));
        let error = ReadError::content("read::broken_workbook", "m", "h");
        let (kind, bytes) = error_frame(&error);
        assert_eq!((kind, read_refusal(&bytes)), (MessageKind::Refused, error.refusal()));
    }

    #[test]
    fn nonsense_is_told_from_frames() {
        assert_eq!(head([17, 255, 255, 255, 255]), None);
        assert_eq!(head([99, 0, 0, 0, 0]), None);
        let forged = |code: &str, message: &str| {
            let mut bytes = Vec::new();
            for text in [code, message, "h", ""] {
                push_text(&mut bytes, text);
            }
            read_refusal(&bytes)
        };
        assert!(forged("read::a", "m").is_some());
        assert!(forged("run::a", "m").is_none());
        assert!(forged("read::a", "a\u{1b}[2J").is_none());
        let (_, bytes) = error_frame(&ReadError::content("read::x", "m".repeat(10_000), "h"));
        assert_eq!(read_refusal(&bytes).unwrap().message.len(), LONGEST_TEXT);
        for cut in 0..bytes.len() {
            assert!(read_refusal(&bytes[..cut]).is_none());
        }
    }
}
