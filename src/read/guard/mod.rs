//! What is looked at before a library sees a workbook, and the sentence for each thing that is refused.
//!
//! In: the path of a container. Out: the names of its parts, every one of which has been inflated to its end within
//! limits and has the checksum that it is said to have; or a [`Danger`]. What the parts mean is not looked at here.

mod danger;
mod ole;
mod package;
mod xml;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) use danger::{Danger, FileKind};
pub(super) use ole::{check_ole, workbooks};
pub(super) use package::check_package;

use super::ReadError;

/// Most parts of a workbook. The largest of 173 real ones has 99.
const MOST_PARTS: usize = 10_000;
/// Most bytes of one part, inflated. A sheet of Excel's full million rows with thirty columns has about 1 GB of XML, and
/// nobody sends one: the largest of 173 real ones has 103 MB.
const PART_BYTES: u64 = 512 << 20;
/// Most bytes of all parts, inflated.
const PACKAGE_BYTES: u64 = 1 << 30;
/// Most times that a part may be larger than it is packed. The parts of 173 real workbooks reach 17 (xlsx) and 48 (ods);
/// what packs best of what a person may make, a sheet of blank cells with borders, stays below 150. A bomb has 1,030.
const RATIO: u64 = 200;
/// Up to this size no ratio is asked: small parts of blanks pack very well.
const RATIO_FREE_BYTES: u64 = 1 << 20;
/// Deepest nesting of elements in a part that is no sheet. Drawings with groups reach 40.
const DEEPEST: u32 = 256;
/// Longest tag, attributes included. Long ones are the lists of merged ranges that nobody has: 300,000 attributes have 3 MB.
const LONGEST_TAG: usize = 1 << 20;
/// Longest text before the first element of a part.
const LONGEST_PROLOGUE: usize = 1 << 16;
/// Most texts that a table of shared texts may announce: memory is set aside for as many as it says.
const MOST_SHARED_TEXTS: u64 = 10_000_000;
/// Up to this many, an announcement that is not true does no harm.
const HARMLESS_TEXTS: u64 = 1 << 16;
/// The fewest bytes that a shared text has, `<si/>`, or a record of the binary form.
const SHARED_TEXT_BYTES: u64 = 5;

/// Runs a call into a library, or our own code; a panic there becomes a refusal of the file. Its words tell nobody anything
/// who does not know the library, and may hold what stands in the file: none of them is told.
pub(super) fn contained<T>(kind: FileKind, call: impl FnOnce() -> T) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| Danger::Panicked.error_of(kind))
}
