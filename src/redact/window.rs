//! A long text, window by window: the edits are those of the whole, wherever it is cut.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use super::edit::Edit;
use super::plan::{Plan, ROUNDS, Read};
use super::refusal::Refusal;
use crate::model::Placeholder;
use crate::raw::Leak;

/// How often each placeholder stands in a copy.
pub(crate) type Counts = BTreeMap<Placeholder, u64>;

impl Plan<'_> {
    /// So much must a window see before and behind the bytes that it owns.
    pub(crate) fn margin(&self) -> usize {
        ROUNDS * self.find.reach()
    }

    /// The edits of a text of lines that begin in the window's own bytes.
    pub(crate) fn window(&self, bytes: &[u8], own: &Range<usize>) -> Result<Vec<Edit>, Refusal> {
        self.searched_window(bytes, own, self.leaks(bytes)?)
    }

    /// The same where it is known what is to be found in the bytes.
    pub(crate) fn searched_window(
        &self,
        bytes: &[u8],
        own: &Range<usize>,
        leaks: Vec<Leak>,
    ) -> Result<Vec<Edit>, Refusal> {
        let mut edits = self.edits(bytes, leaks, Read::Lines)?;
        edits.retain(|edit| own.contains(&edit.span.start));
        Ok(edits)
    }
}

/// Writes a text with its edits, one window after the other.
#[derive(Debug, Default)]
pub(crate) struct Emission {
    /// Up to here the original is written.
    at: u64,
    /// What was written for secrets.
    pub(crate) counts: Counts,
}

impl Emission {
    /// Writes what the window owns. `base` is the offset of `bytes[0]` in the text.
    pub(crate) fn write(
        &mut self,
        bytes: &[u8],
        base: u64,
        own_end: usize,
        edits: &[Edit],
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut at = self.at.saturating_sub(base) as usize;
        for edit in edits {
            // Another window has begun it.
            if edit.span.start >= at {
                out.write_all(&bytes[at..edit.span.start])?;
                out.write_all(&edit.text)?;
                edit.placeholders
                    .iter()
                    .for_each(|placeholder| *self.counts.entry(placeholder.clone()).or_default() += 1);
            }
            at = at.max(edit.span.end);
        }
        if at < own_end {
            out.write_all(&bytes[at..own_end])?;
            at = own_end;
        }
        self.at = base + at as u64;
        Ok(())
    }
}
