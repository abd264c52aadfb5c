//! Workbooks that are zip archives: the list of their parts, then every part to its end.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::xml::PartText;
use super::{Danger, MOST_PARTS, PACKAGE_BYTES, PART_BYTES, RATIO, RATIO_FREE_BYTES};
use crate::read::ReadError;

/// What is inflated at a time.
const PIECE: usize = 1 << 17;

/// The limits, so that the tests can have smaller ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackageLimits {
    parts: usize,
    part_bytes: u64,
    package_bytes: u64,
}

const LIMITS: PackageLimits = PackageLimits { parts: MOST_PARTS, part_bytes: PART_BYTES, package_bytes: PACKAGE_BYTES };

/// Looks at a workbook's archive before a library does, and gives the names of its parts.
///
/// Parts that `left` names are not inflated here: whoever reads them has to read them to their end, where `zip` compares
/// the checksum, and to refuse a document type in them. Their sizes and ratios are looked at as the archive tells them.
pub(in crate::read) fn check_package(path: &Path, left: &dyn Fn(&str) -> bool) -> Result<Vec<String>, ReadError> {
    check(BufReader::new(File::open(path)?), left, &LIMITS).map_err(|stop| match stop {
        LookEnd::Danger(danger) => danger.error(),
        LookEnd::Io(error) => ReadError::Io(error),
    })
}

/// Why the look ended early.
#[derive(Debug)]
enum LookEnd {
    Danger(Danger),
    Io(std::io::Error),
}

impl From<Danger> for LookEnd {
    fn from(danger: Danger) -> Self {
        Self::Danger(danger)
    }
}

fn check<R: Read + Seek>(
    reader: R,
    left: &dyn Fn(&str) -> bool,
    limits: &PackageLimits,
) -> Result<Vec<String>, LookEnd> {
    let mut archive = ZipArchive::new(reader).map_err(list_error)?;
    let names = check_list(&mut archive, limits)?;
    let mut total = 0;
    let mut piece = vec![0; PIECE];
    for (index, name) in names.iter().enumerate() {
        if left(name) {
            let entry = archive.by_index_data(index).map_err(list_error)?;
            total += entry.size();
        } else {
            total += inflate(&mut archive, index, name, total, limits, &mut piece)?;
        }
    }
    Ok(names)
}

fn check_list<R: Read + Seek>(archive: &mut ZipArchive<R>, limits: &PackageLimits) -> Result<Vec<String>, LookEnd> {
    if archive.len() > limits.parts {
        return Err(Danger::TooManyParts(limits.parts).into());
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut folded = HashSet::new();
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(list_error)?;
        let name = entry.name().map_err(|_| Danger::BrokenList)?.into_owned();
        if !is_safe(&name) {
            return Err(Danger::UnsafeName(name).into());
        }
        if entry.encrypted() {
            return Err(Danger::Password.into());
        }
        if entry.is_symlink() {
            return Err(Danger::Link(name).into());
        }
        if !entry.is_dir() && !folded.insert(fold(&name)) {
            return Err(Danger::DuplicatePart(name).into());
        }
        let (size, packed) = (entry.size(), entry.compressed_size());
        if size > limits.part_bytes {
            return Err(Danger::LargePart(name, limits.part_bytes >> 20).into());
        }
        if size > RATIO_FREE_BYTES && size / RATIO > packed {
            return Err(Danger::Ratio(name, RATIO).into());
        }
        declared = declared.saturating_add(size);
        names.push(name);
    }
    if declared > limits.package_bytes {
        return Err(Danger::LargePackage(limits.package_bytes >> 20).into());
    }
    if archive.has_duplicate_names() {
        return Err(Danger::DuplicatePart("(one of its parts)".to_owned()).into());
    }
    if archive.has_overlapping_entries().map_err(list_error)? {
        return Err(Danger::Overlap.into());
    }
    Ok(names)
}

/// Inflates a part to its end, where its checksum is compared, and looks at it if it is XML. Gives its bytes.
fn inflate<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    name: &str,
    total: u64,
    limits: &PackageLimits,
    piece: &mut [u8],
) -> Result<u64, LookEnd> {
    let mut entry = match archive.by_index(index) {
        Ok(entry) => entry,
        Err(ZipError::UnsupportedArchive(_)) => return Err(Danger::Packing(name.to_owned()).into()),
        Err(error) => return Err(part_error(error, name)),
    };
    let (declared, packed) = (entry.size(), entry.compressed_size());
    let mut text = PartText::of(name, declared);
    let mut bytes = 0_u64;
    loop {
        let count = match entry.read(piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(part_error(ZipError::Io(error), name)),
        };
        bytes += count as u64;
        // What the archive says of its sizes has been looked at; here is what is true.
        if bytes > limits.part_bytes {
            return Err(Danger::LargePart(name.to_owned(), limits.part_bytes >> 20).into());
        }
        if total.saturating_add(bytes) > limits.package_bytes {
            return Err(Danger::LargePackage(limits.package_bytes >> 20).into());
        }
        if bytes > RATIO_FREE_BYTES && bytes / RATIO > packed {
            return Err(Danger::Ratio(name.to_owned(), RATIO).into());
        }
        if let Some(text) = &mut text {
            text.take(&piece[..count])?;
        }
    }
    if let Some(text) = text {
        text.end()?;
    }
    if bytes != declared {
        return Err(Danger::DamagedPart(name.to_owned()).into());
    }
    Ok(bytes)
}

/// A relative path that leads nowhere else. Some writers use backslashes; a drive letter or a step up has no use.
fn is_safe(name: &str) -> bool {
    !name.starts_with(['/', '\\'])
        && !name.contains(':')
        && !name.chars().any(char::is_control)
        && name.trim_end_matches(['/', '\\']).split(['/', '\\']).all(|part| part != "..")
}

/// Names that spreadsheet programs take for one.
fn fold(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

fn list_error(error: ZipError) -> LookEnd {
    match error {
        // An end that comes too early is the file's fault, other trouble with bytes is ours.
        ZipError::Io(error) if !is_of_the_file(&error) => LookEnd::Io(error),
        _ => Danger::BrokenList.into(),
    }
}

fn part_error(error: ZipError, name: &str) -> LookEnd {
    match error {
        ZipError::Io(error) if !is_of_the_file(&error) => LookEnd::Io(error),
        _ => Danger::DamagedPart(name.to_owned()).into(),
    }
}

/// Whether an error tells of the bytes (and of no disk).
fn is_of_the_file(error: &std::io::Error) -> bool {
    error.raw_os_error().is_none()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    const SMALL: PackageLimits = PackageLimits { parts: 4, part_bytes: 3 << 20, package_bytes: 4 << 20 };

    fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn told(bytes: Vec<u8>) -> Result<Vec<String>, Danger> {
        check(Cursor::new(bytes), &|_| false, &SMALL).map_err(|stop| match stop {
            LookEnd::Danger(danger) => danger,
            LookEnd::Io(error) => panic!("{error}"),
        })
    }

    /// Bytes that pack to a hundredth, which no limit is for.
    fn dull(count: usize) -> Vec<u8> {
        (0..count).map(|at| if at % 97 == 0 { u8::try_from(at / 97 % 251).unwrap() } else { b' ' }).collect()
    }

    #[test]
    fn limits_hold_whatever_the_archive_says() {
        assert_eq!(told(zip_of(&[("xl/a.bin", &dull(2 << 20))])), Ok(vec!["xl/a.bin".to_owned()]));
        assert_eq!(told(zip_of(&[("a", &dull(4 << 20))])), Err(Danger::LargePart("a".to_owned(), 3)));
        assert_eq!(told(zip_of(&[("a", &dull(5 << 19)), ("b", &dull(5 << 19))])), Err(Danger::LargePackage(4)));
        assert_eq!(told(zip_of(&[("a", &vec![b' '; 2 << 20])])), Err(Danger::Ratio("a".to_owned(), RATIO)));
        let many: Vec<String> = (0..5).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(told(zip_of(&many)), Err(Danger::TooManyParts(4)));
        // The size in both lists says 1 KB, the part has 2 MB: it ends in a refusal, and not at the end of the part.
        let mut lying = zip_of(&[("a", &vec![b' '; 1_048_000])]);
        let said = 1_048_000_u32.to_le_bytes();
        for at in 0..lying.len() - 4 {
            if lying[at..at + 4] == said {
                lying[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
            }
        }
        assert_eq!(told(lying), Err(Danger::DamagedPart("a".to_owned())));
    }

    #[test]
    fn names_are_looked_at_as_a_spreadsheet_program_does() {
        for (one, other) in [("xl/A.xml", "xl/a.xml"), ("xl\\a.xml", "xl/a.xml")] {
            assert!(matches!(told(zip_of(&[(one, b"<a/>"), (other, b"<a/>")])), Err(Danger::DuplicatePart(_))));
        }
        for name in ["/etc/x", "\\\\host\\x", "xl/../../x", "C:\\x", "a\u{1}"] {
            assert!(!is_safe(name), "{name}");
        }
        for name in ["xl\\worksheets\\sheet1.xml", "xl/", "[Content_Types].xml", "a..b"] {
            assert!(is_safe(name), "{name}");
        }
    }

    #[test]
    fn a_flipped_bit_is_found_in_a_part_that_nobody_reads() {
        let good = zip_of(&[("xl/media/x.png", &dull(20_000)), ("b.xml", b"<a/>")]);
        assert!(told(good.clone()).is_ok());
        for at in [60, 100, 200] {
            let mut bad = good.clone();
            bad[at] ^= 4;
            assert_eq!(told(bad), Err(Danger::DamagedPart("xl/media/x.png".to_owned())), "byte {at}");
        }
    }
}
