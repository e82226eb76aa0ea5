//! The contract of a report: what it is told, in which order, and what it may know of its medium.

use std::io;

use crate::model::{Finding, Summary};

/// Writes findings in one format, as they come.
///
/// [`begin`](Self::begin) is called once, then [`finding`](Self::finding) in path order and within a path by offset, then
/// [`end`](Self::end) once. A report holds nothing that grows with the number of findings beyond a limit of its own, and says
/// what it left out. Same calls, same bytes, except for the time and duration of the run. An error of the writer is passed up as it is, so that a closed pipe can be told apart.
pub trait Reporter: Send {
    /// Writes what stands before the first finding.
    fn begin(&mut self) -> io::Result<()>;

    /// Writes one finding.
    fn finding(&mut self, finding: &Finding) -> io::Result<()>;

    /// Writes what stands after the last finding, and flushes.
    fn end(&mut self, summary: &Summary) -> io::Result<()>;
}

/// What a report for people may know of the terminal it is read on. Machine formats ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// For a pipe or a file: no colour, 100 columns.
impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}
