//! How a text of any length is cut into blocks that are searched one by one, in any order, without losing a hit at a cut.
//!
//! A block owns [`BLOCK`] bytes and sees [`MARGIN`] more on both sides. A hit belongs to the block that owns its first byte. No rule
//! looks further than a margin, so every block sees all it needs for what it owns, and the cuts change nothing.

use std::ops::Range;

/// Bytes a block owns.
pub(crate) const BLOCK: usize = 1 << 20;

/// Bytes a block sees before and after its own.
pub(crate) const MARGIN: usize = 32 << 10;

/// A block with its margins.
#[derive(Clone, Copy)]
pub(crate) struct Window<'a> {
    /// All that is seen.
    pub(crate) bytes: &'a [u8],
    /// Offset of `bytes[0]` in the file.
    pub(crate) base: u64,
    /// Where the block's own bytes begin in `bytes`.
    pub(crate) own_start: usize,
    /// Where they end.
    pub(crate) own_end: usize,
}

impl<'a> Window<'a> {
    /// Block `index` of a text of `len` bytes: which bytes it sees, and which it owns.
    pub(crate) fn extent(index: u64, len: u64) -> (Range<u64>, Range<u64>) {
        let own = index * BLOCK as u64..len.min((index + 1) * BLOCK as u64);
        (own.start.saturating_sub(MARGIN as u64)..len.min(own.end + MARGIN as u64), own)
    }

    /// The block's own bytes.
    pub(crate) fn own(&self) -> &'a [u8] {
        &self.bytes[self.own_start..self.own_end]
    }
}

impl std::fmt::Debug for Window<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Window({} bytes at {}, own {}..{})", self.bytes.len(), self.base, self.own_start, self.own_end)
    }
}
