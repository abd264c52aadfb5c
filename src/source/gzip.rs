//! One file compressed by gzip: inflated under the limits of a member of an archive, and landed under its own name.

use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::landing::{Incoming, Landing};
use super::limits::ArchiveLimits;
use super::problem::{Halt, SourceFault};
use crate::model::extension;

/// The name of what is in a file: its own without `.gz`; none when it is not compressed by gzip.
pub(super) fn inner_name(file_name: &str) -> Option<&str> {
    (extension(file_name) == "gz").then(|| &file_name[..file_name.len() - 3]).filter(|name| !name.is_empty())
}

/// Inflates a file of `packed` bytes. Its checksums are compared when the end is reached, and the end is always reached or
/// the file refused.
pub(super) fn inflate(
    file: impl Read,
    packed: u64,
    landing: &Landing,
    limits: &ArchiveLimits,
) -> Result<Incoming, Halt> {
    let mut allow = |bytes: u64| {
        if bytes > limits.member_bytes {
            Err(SourceFault::TooLarge(limits.member_bytes))
        } else if bytes > limits.ratio_free_bytes && bytes > packed.saturating_mul(limits.ratio) {
            Err(SourceFault::Ratio(limits.ratio))
        } else {
            Ok(())
        }
    };
    landing.receive(&mut MultiGzDecoder::new(BufReader::new(file)), &mut allow, SourceFault::Member)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::lake::Place;

    const SMALL: ArchiveLimits =
        ArchiveLimits { member_bytes: 4000, archive_bytes: 6000, ratio: 20, ratio_free_bytes: 1000, members: 5 };

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn told(bytes: &[u8]) -> Result<u64, SourceFault> {
        let folder = tempfile::tempdir().unwrap();
        let landing = Landing::open(&Place::new(folder.path(), "var")).unwrap();
        match inflate(bytes, bytes.len() as u64, &landing, &SMALL) {
            Ok(incoming) => Ok(incoming.bytes),
            Err(Halt::Refused(problem)) => Err(problem),
            Err(Halt::Failed(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn a_file_is_inflated_whole_or_refused() {
        assert_eq!(told(&packed(b"a,b\n1,2\n")), Ok(8));
        assert_eq!(told(&[packed(b"a,b\n"), packed(b"1,2\n")].concat()), Ok(8));
        let mut flipped = packed(b"a,b\n1,2\n");
        let crc = flipped.len() - 6;
        flipped[crc] ^= 1;
        assert!(matches!(told(&flipped), Err(SourceFault::Member(_))));
        let whole = packed(b"a,b\n1,2\n");
        assert!(matches!(told(&whole[..whole.len() - 9]), Err(SourceFault::Member(_))));
        assert_eq!(told(&packed(&[b' '; 3000])), Err(SourceFault::Ratio(20)));
        let noise: Vec<u8> = (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(told(&packed(&noise)), Err(SourceFault::TooLarge(4000)));
    }

    #[test]
    fn names_lose_their_ending() {
        assert_eq!(inner_name("2024.csv.GZ"), Some("2024.csv"));
        assert_eq!(inner_name("2024.csv"), None);
        assert_eq!(inner_name(".gz"), None);
    }
}
