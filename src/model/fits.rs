//! Places and lengths within one block of rows, as the 32 bits that they are kept in.

/// A count of cells, rows, bytes or labels of one block or sheet.
///
/// None is beyond 32 bits: readers end a block after so many rows, cells and bytes of text (`read::BLOCK_ROWS` and its like), quarantine a
/// field that is longer than their limit, and a sheet has at most 2²⁰ rows and 2¹⁴ columns. A number that were beyond is kept as the
/// largest, which lies past the end of whatever it counts and finds nothing.
pub(crate) fn fits(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}
