//! A file that gives only so many bytes between two marks: for readers that hold a tag or a text whole, however long it is.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

/// A reader that fails where more bytes are asked for than may lie between two marks, instead of ending as if nothing
/// followed. Its failure is of the kind [`ErrorKind::FileTooLarge`].
pub(super) struct Bounded<R> {
    inner: R,
    most: usize,
    left: usize,
}

impl<R> Bounded<R> {
    /// With a mark at its beginning, and `most` bytes up to the next one.
    pub(super) fn new(inner: R, most: usize) -> Self {
        Self { inner, most, left: most }
    }

    /// Sets a mark where the reading stands.
    pub(super) fn mark(&mut self) {
        self.left = self.most;
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let filled = self.fill_buf()?;
        let count = filled.len().min(into.len());
        into[..count].copy_from_slice(&filled[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        let filled = self.inner.fill_buf()?;
        if self.left == 0 && !filled.is_empty() {
            return Err(Error::new(ErrorKind::FileTooLarge, format!("more than {} bytes in one piece", self.most)));
        }
        let most = self.left.min(filled.len());
        Ok(&filled[..most])
    }

    fn consume(&mut self, count: usize) {
        self.left -= count.min(self.left);
        self.inner.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_may_lie_between_two_marks_and_no_more() {
        let mut bounded = Bounded::new(&b"abcdefgh"[..], 4);
        let mut bytes = [0; 3];
        bounded.read_exact(&mut bytes).unwrap();
        bounded.mark();
        bounded.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"def");
        assert_eq!(bounded.read_exact(&mut bytes).unwrap_err().kind(), ErrorKind::FileTooLarge);
        // At its end there is nothing more to give, and that is no failure.
        let mut whole = Bounded::new(&b"abcd"[..], 4);
        assert_eq!(whole.read_to_end(&mut Vec::new()).unwrap(), 4);
    }
}
