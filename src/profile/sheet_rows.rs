//! The rows of one sheet: kept after the first reading where they are few, else read again.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::read::{Block, ReadError, Rows, SheetAbout};

/// The most cells that are kept.
const MOST_CELLS: usize = 1_500_000;
/// The most bytes of text that are kept.
const MOST_TEXT: usize = 32 << 20;

/// One sheet, to be gone through several times.
pub(super) struct HeldSheet<'r> {
    rows: &'r mut Rows,
    name: Option<&'r str>,
    blocks: Vec<Block>,
    is_whole: bool,
}

impl<'r> HeldSheet<'r> {
    pub(super) fn new(rows: &'r mut Rows, name: Option<&'r str>) -> Self {
        Self { rows, name, blocks: Vec::new(), is_whole: false }
    }

    /// Gives the blocks in order. The first time it goes to the end, whatever `look` says.
    pub(super) fn each(&mut self, look: &mut dyn FnMut(&Block) -> ControlFlow<()>) -> Result<(), ReadError> {
        if self.is_whole {
            for block in &self.blocks {
                if look(block).is_break() {
                    break;
                }
            }
            return Ok(());
        }
        let is_first = self.blocks.is_empty();
        let (mut cells, mut text) = (0, 0);
        let blocks = &mut self.blocks;
        self.rows.stream(self.name, &mut |block| {
            let goes_on = look(&block);
            cells += block.cells.len();
            text += block.text.len();
            if !is_first {
                return goes_on;
            }
            // The first block stays whatever its size.
            if blocks.is_empty() || (cells <= MOST_CELLS && text <= MOST_TEXT) {
                blocks.push(block);
            }
            ControlFlow::Continue(())
        })?;
        if is_first {
            self.is_whole = cells <= MOST_CELLS && text <= MOST_TEXT;
            if !self.is_whole {
                self.blocks.truncate(1);
            }
        }
        Ok(())
    }

    /// The first block, once the sheet was gone through; none where it is blank.
    pub(super) fn top(&self) -> Option<&Block> {
        self.blocks.first()
    }

    /// Tells the first block what the sheet says of itself: a header of several rows is read by what is merged.
    pub(super) fn tell(&mut self, about: &Arc<SheetAbout>) {
        if let Some(first) = self.blocks.first_mut() {
            first.around = Some(Arc::clone(about));
        }
    }

    /// What the sheet says of itself besides its cells.
    pub(super) fn about(&mut self) -> Result<SheetAbout, ReadError> {
        self.name.map_or_else(|| Ok(SheetAbout::default()), |name| self.rows.about(name))
    }
}
