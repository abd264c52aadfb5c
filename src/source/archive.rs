//! The members of a zip archive: checked by name, unpacked under limits, their checksums proved.
//!
//! Nothing is ever written under a name from an archive, so that a hostile one cannot lead anywhere; such names are refused
//! all the same, since they would be shown to people.

use std::io::{BufReader, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::landing::{Incoming, Landing};
use super::limits::ArchiveLimits;
use super::problem::{Halt, SourceFault};
use super::walk::is_clutter;

/// What was taken from an archive, and what was refused in it.
#[derive(Debug, Default)]
pub(super) struct ArchiveTaken {
    /// Member's name and bytes, in the order of the names.
    pub(super) members: Vec<(String, Incoming)>,
    /// Member's name, as far as it can be shown, and why it was refused.
    pub(super) refused: Vec<(String, SourceFault)>,
}

/// Unpacks the members that `takes` names. A refused member leaves the others standing; an archive whose list of members
/// cannot be trusted is refused whole.
pub(super) fn unpack(
    file: impl Read + Seek,
    takes: &dyn Fn(&str) -> bool,
    landing: &Landing,
    limits: &ArchiveLimits,
) -> Result<ArchiveTaken, Halt> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    check_list(&mut archive, limits)?;
    let mut outcome = ArchiveTaken::default();
    let mut wanted = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| broken(&error))?;
        let name = match entry.name() {
            Ok(name) if is_safe(&name) => name.into_owned(),
            Ok(name) => {
                outcome.refused.push((name.escape_debug().to_string(), SourceFault::UnsafeMember));
                continue;
            }
            Err(_) => {
                outcome.refused.push((format!("member {}", index + 1), SourceFault::UnsafeMember));
                continue;
            }
        };
        if entry.is_dir() || name.split('/').any(is_clutter) || !takes(&name) {
            continue;
        }
        if entry.encrypted() {
            outcome.refused.push((name, SourceFault::Encrypted));
        } else if entry.is_symlink() {
            outcome.refused.push((name, SourceFault::LinkMember));
        } else {
            wanted.push((name, index));
        }
    }
    wanted.sort_unstable();
    let mut total = 0;
    for (name, index) in wanted {
        match unpack_one(&mut archive, index, total, landing, limits) {
            Ok(incoming) => {
                total += incoming.bytes;
                outcome.members.push((name, incoming));
            }
            Err(Halt::Refused(problem)) => outcome.refused.push((name, problem)),
            Err(failed) => return Err(failed),
        }
    }
    outcome.refused.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(outcome)
}

/// The names of the files in an archive, in order; none when it is a workbook.
pub(super) fn members(file: impl Read + Seek, limits: &ArchiveLimits) -> Result<Option<Vec<String>>, SourceFault> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let is_workbook = ["[Content_Types].xml", "content.xml", "xl/workbook.xml", "xl/workbook.bin"];
    if is_workbook.iter().any(|part| archive.index_for_name(part).is_some()) {
        return Ok(None);
    }
    check_list(&mut archive, limits)?;
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| broken(&error))?;
        if let Ok(name) = entry.name()
            && is_safe(&name)
            && !entry.is_dir()
            && !name.split('/').any(is_clutter)
        {
            names.push(name.into_owned());
        }
    }
    names.sort_unstable();
    Ok(Some(names))
}

fn check_list<R: Read + Seek>(archive: &mut ZipArchive<R>, limits: &ArchiveLimits) -> Result<(), SourceFault> {
    if archive.len() > limits.members {
        return Err(SourceFault::TooManyMembers(limits.members));
    }
    if archive.has_duplicate_names() {
        return Err(SourceFault::DuplicateMember);
    }
    if archive.index_for_name("[Content_Types].xml").is_some() {
        return Err(SourceFault::OfficeNamedZip);
    }
    if archive.has_overlapping_entries().map_err(|error| broken(&error))? {
        return Err(SourceFault::OverlappingMembers);
    }
    Ok(())
}

fn unpack_one<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    total: u64,
    landing: &Landing,
    limits: &ArchiveLimits,
) -> Result<Incoming, Halt> {
    let mut member = archive.by_index(index).map_err(|error| SourceFault::Member(error.to_string()))?;
    let packed = member.compressed_size();
    let declared = member.size();
    let mut allow = |bytes: u64| {
        if bytes > limits.member_bytes {
            Err(SourceFault::TooLarge(limits.member_bytes))
        } else if bytes > limits.ratio_free_bytes && bytes > packed.saturating_mul(limits.ratio) {
            Err(SourceFault::Ratio(limits.ratio))
        } else if total.saturating_add(bytes) > limits.archive_bytes {
            Err(SourceFault::TooLarge(limits.archive_bytes))
        } else {
            Ok(())
        }
    };
    // The checksum is compared when the end is reached, and the end is always reached or the member refused.
    let incoming = landing.receive(&mut member, &mut allow, SourceFault::Member)?;
    if incoming.bytes == declared {
        Ok(incoming)
    } else {
        Err(SourceFault::Member(format!("it has {} bytes where the archive says {declared}", incoming.bytes)).into())
    }
}

/// A relative path with `/`, without steps up, drive letters, backslashes or control characters.
fn is_safe(name: &str) -> bool {
    !name.starts_with('/')
        && !name.contains(['\\', ':'])
        && !name.chars().any(char::is_control)
        && name.trim_end_matches('/').split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn broken(error: &ZipError) -> SourceFault {
    SourceFault::Archive(match error {
        ZipError::Io(error) => error.to_string(),
        ZipError::InvalidArchive(why) => why.to_string(),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::lake::Place;

    const SMALL: ArchiveLimits =
        ArchiveLimits { member_bytes: 4000, archive_bytes: 6000, ratio: 20, ratio_free_bytes: 1000, members: 5 };

    fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Names taken, and names refused with their problem.
    type MembersTold = (Vec<String>, Vec<(String, SourceFault)>);

    /// What came of unpacking, or the problem of the whole.
    fn told(bytes: Vec<u8>) -> Result<MembersTold, SourceFault> {
        let folder = tempfile::tempdir().unwrap();
        let landing = Landing::open(&Place::new(folder.path(), "var")).unwrap();
        match unpack(Cursor::new(bytes), &|_| true, &landing, &SMALL) {
            Ok(taken) => Ok((taken.members.into_iter().map(|(name, _)| name).collect(), taken.refused)),
            Err(Halt::Refused(problem)) => Err(problem),
            Err(Halt::Failed(error)) => panic!("{error}"),
        }
    }

    /// Bytes that do not pack.
    fn noise(count: usize) -> Vec<u8> {
        let mut state = 1_u32;
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(count)
        .collect()
    }

    fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
        let places: Vec<usize> =
            bytes.windows(from.len()).enumerate().filter(|(_, window)| *window == from).map(|(at, _)| at).collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }

    #[test]
    fn members_come_in_the_order_of_their_names_without_clutter() {
        let bytes = zip_of(&[("b.csv", b"b"), ("a/a.csv", b"a"), ("__MACOSX/._b.csv", b"x"), ("a/.DS_Store", b"x")]);
        assert_eq!(told(bytes).unwrap(), (vec!["a/a.csv".to_owned(), "b.csv".to_owned()], vec![]));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused_and_the_rest_taken() {
        for bad in ["../up.csv", "a/../../up", "/etc/passwd", "C:\\x.csv", "a\\..\\b.csv", "a\u{1}.csv", "a//b.csv"] {
            // No writer gives such a name: it is put in place of one of its length.
            let stand_in = "Y".repeat(bad.len());
            let mut bytes = zip_of(&[(stand_in.as_str(), b"x"), ("ok.csv", b"y")]);
            replace(&mut bytes, stand_in.as_bytes(), bad.as_bytes());
            let (names, refused) = told(bytes).unwrap();
            assert_eq!(names, ["ok.csv"], "{bad}");
            assert_eq!(refused[0].1, SourceFault::UnsafeMember, "{bad}");
        }
    }

    #[test]
    fn damage_is_refused() {
        let mut flipped = zip_of(&[("a.csv", &noise(500)), ("b.csv", b"fine")]);
        flipped[100] ^= 1;
        let (taken, refused) = told(flipped).unwrap();
        assert_eq!(taken, ["b.csv"]);
        assert!(matches!(refused[0].1, SourceFault::Member(_)), "{refused:?}");

        let whole = zip_of(&[("a.csv", &noise(500))]);
        assert!(matches!(told(whole[..whole.len() - 30].to_vec()), Err(SourceFault::Archive(_))));
        assert!(matches!(told(b"la_code\n933\n".to_vec()), Err(SourceFault::Archive(_))));
        assert!(matches!(told(Vec::new()), Err(SourceFault::Archive(_))));
    }

    #[test]
    fn lists_that_cannot_be_trusted_are_refused_whole() {
        let mut twice = zip_of(&[("a.csv", b"1"), ("b.csv", b"2")]);
        replace(&mut twice, b"b.csv", b"a.csv");
        assert_eq!(told(twice).unwrap_err(), SourceFault::DuplicateMember);
        let many: Vec<String> = (0..6).map(|number| format!("{number}.csv")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
        assert_eq!(told(zip_of(&many)).unwrap_err(), SourceFault::TooManyMembers(5));
        assert_eq!(told(zip_of(&[("[Content_Types].xml", b"x")])).unwrap_err(), SourceFault::OfficeNamedZip);
    }

    #[test]
    fn limits_hold_while_unpacking_whatever_the_archive_says() {
        let (taken, refused) = told(zip_of(&[
            ("a.csv", &noise(2500)),
            ("b_large.csv", &noise(5000)),
            ("c_bomb.csv", &[b' '; 3000]),
            ("d_total.csv", &noise(3900)),
            ("e_small_blank.csv", &[b' '; 900]),
        ]))
        .unwrap();
        assert_eq!(taken, ["a.csv", "e_small_blank.csv"]);
        let refused: Vec<SourceFault> = refused.into_iter().map(|(_, problem)| problem).collect();
        assert_eq!(refused, [SourceFault::TooLarge(4000), SourceFault::Ratio(20), SourceFault::TooLarge(6000)]);
    }

    #[test]
    fn links_and_protected_members_are_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_symlink("link.csv", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        writer.start_file("ok.csv", SimpleFileOptions::default()).unwrap();
        let (taken, refused) = told(writer.finish().unwrap().into_inner()).unwrap();
        assert_eq!((taken.len(), &refused[0].1), (1, &SourceFault::LinkMember));

        let mut locked = zip_of(&[("a.csv", b"secret")]);
        let central = locked.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        locked[6] |= 1;
        locked[central + 8] |= 1;
        assert_eq!(told(locked).unwrap().1, [("a.csv".to_owned(), SourceFault::Encrypted)]);
    }
}
