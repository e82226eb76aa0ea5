//! Where something stands: byte ranges and line/column places.

use serde::Serialize;

/// A half-open range of bytes, `start..end`, in the file as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// Offset of the first byte, from 0.
    pub start: u64,
    /// Offset just past the last byte.
    pub end: u64,
}

impl Span {
    /// A span of `start..end`; an inverted pair becomes empty at `start`.
    pub fn new(start: u64, end: u64) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Length in bytes.
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether no byte is covered.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A line and a column, both from 1; a column counts Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// Line, from 1; `\n` ends a line.
    pub line: u64,
    /// Column in code points, from 1.
    pub column: u64,
}
