//! A file of JSON lines that is only ever appended to.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::LedgerError;
use super::disk;

/// One append-only file. Made, with its folders, by the first line.
#[derive(Debug)]
pub(super) struct Lines {
    var: PathBuf,
    path: PathBuf,
    file: Option<File>,
}

impl Lines {
    pub(super) fn new(var: &Path, path: PathBuf) -> Self {
        Self { var: var.to_path_buf(), path, file: None }
    }

    /// Every whole line. A last line without its line end was never acknowledged, and is left out.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<Vec<T>, LedgerError> {
        let bytes = disk::read_if_there(&self.path).map_err(|source| self.io("read", source))?.unwrap_or_default();
        whole_lines(&bytes)
            .enumerate()
            .map(|(index, line)| {
                serde_json::from_slice(line).map_err(|source| LedgerError::Corrupt {
                    path: self.path.clone(),
                    line: index + 1,
                    source,
                })
            })
            .collect()
    }

    /// Appends one value as a line.
    pub(super) fn append<T: Serialize>(&mut self, value: &T) -> Result<(), LedgerError> {
        let line =
            serde_json::to_string(value).map_err(|source| LedgerError::NotJson { path: self.path.clone(), source })?;
        self.append_line(line)
    }

    /// Appends a line that is JSON already, and returns when it is on the disk.
    pub(super) fn append_line(&mut self, mut line: String) -> Result<(), LedgerError> {
        line.push('\n');
        // Taken, not borrowed: after a failure the next append opens the file again and cuts what was half written.
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.open().map_err(|source| self.io("open", source))?,
        };
        let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_data());
        written.map_err(|source| self.io("write", source))?;
        self.file = Some(file);
        Ok(())
    }

    fn open(&self) -> io::Result<File> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        disk::private_folder(&self.var, folder)?;
        let (mut file, is_new) = disk::open_to_append(&self.path)?;
        if is_new {
            disk::sync_folder(folder)?;
        } else {
            cut_torn_line(&mut file)?;
        }
        Ok(file)
    }

    fn io(&self, action: &'static str, source: io::Error) -> LedgerError {
        LedgerError::Io { action, path: self.path.clone(), source }
    }
}

/// The lines that have their line end.
pub(super) fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"))
}

/// Cuts a last line without line end, so that the next one does not grow onto it.
fn cut_torn_line(file: &mut File) -> io::Result<()> {
    const STEP: u64 = 4096;
    let size = file.seek(SeekFrom::End(0))?;
    let mut end = size;
    while end > 0 {
        let start = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(start))?;
        let mut block = Vec::new();
        file.take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|&byte| byte == b'\n') {
            end = start + at as u64 + 1;
            break;
        }
        end = start;
    }
    if end < size {
        file.set_len(end)?;
        file.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(folder: &Path) -> Lines {
        Lines::new(folder, folder.join("ledger").join("some.jsonl"))
    }

    #[test]
    fn a_torn_last_line_is_ignored_on_reading_and_cut_before_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = lines(folder.path());
        first.append(&1).unwrap();
        first.append(&2).unwrap();
        let path = folder.path().join("ledger").join("some.jsonl");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend_from_slice(&[b'3'; 10_000]);
        std::fs::write(&path, &bytes).unwrap();

        let mut second = lines(folder.path());
        assert_eq!(second.read::<u32>().unwrap(), [1, 2]);
        second.append(&4).unwrap();
        assert_eq!(second.read::<u32>().unwrap(), [1, 2, 4]);
        assert_eq!(std::fs::read(&path).unwrap(), b"1\n2\n4\n");
    }

    #[test]
    fn a_file_that_is_nothing_but_a_torn_line_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("ledger")).unwrap();
        let path = folder.path().join("ledger").join("some.jsonl");
        std::fs::write(&path, [0; 5000]).unwrap();
        let mut lines = lines(folder.path());
        assert!(lines.read::<u32>().unwrap().is_empty());
        lines.append(&7).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"7\n");
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_told_with_its_number() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("ledger")).unwrap();
        std::fs::write(folder.path().join("ledger").join("some.jsonl"), "1\nx\n3\n").unwrap();
        let error = lines(folder.path()).read::<u32>().unwrap_err();
        assert_eq!(error.code(), "ledger::corrupt");
        assert!(error.to_string().starts_with("line 2 of "), "{error}");
    }
}
