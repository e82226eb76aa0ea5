//! What the redactor asks: every secret of a text with its value, however doubtful and whoever accepted it.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::Scanner;
use super::worker::{Search, Worker};
use crate::checks::{BLOCK, MARGIN, Window};
use crate::fence::{self, Fence, OpenFile};
use crate::model::SkipReason;
use crate::raw::Leak;

impl Scanner {
    /// What is found at a place depends on no byte further away.
    pub(crate) const REACH: usize = MARGIN;

    /// How much of a text cannot be the beginning of a known value that goes on behind it.
    pub(crate) fn settled(&self, text: &[u8]) -> usize {
        self.checks.settled(text)
    }

    /// Opens a file to be read.
    pub(crate) fn open(&self, path: &Path, follow: bool) -> Result<OpenFile, SkipReason> {
        self.fence.admit(path, follow).and_then(fence::open)
    }

    /// What keeps targets closed.
    pub(crate) fn fence(&self) -> &Fence {
        &self.fence
    }

    /// How many threads may work.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// The digest of the rules.
    pub(crate) fn ruleset(&self) -> String {
        self.checks.rules().digest()
    }

    /// Searches bytes in memory for what begins in `own`; spans are of `bytes`, in order. Both begin a file, or a multiple of 64 bytes
    /// behind its beginning. `None` where the search failed inside: nothing is then known of the text.
    pub(crate) fn leaks(&self, bytes: &[u8], own: Range<usize>) -> Option<Vec<Leak>> {
        let mut leaks = Vec::new();
        for start in own.clone().step_by(BLOCK) {
            let end = own.end.min(start + BLOCK);
            let base = start.saturating_sub(MARGIN);
            let seen = &bytes[base..bytes.len().min(end + MARGIN)];
            let window = Window { bytes: seen, base: base as u64, own_start: start - base, own_end: end - base };
            let found = Worker::with(|worker| {
                let scratch = &mut worker.search.scratch;
                let found = catch_unwind(AssertUnwindSafe(|| self.checks.leaks(&window, scratch)));
                found.inspect_err(|_| worker.search = Search::default()).ok()
            });
            leaks.extend(found?.into_iter().map(|mut leak| {
                leak.span = leak.span.start + base..leak.span.end + base;
                leak
            }));
        }
        Some(leaks)
    }
}
