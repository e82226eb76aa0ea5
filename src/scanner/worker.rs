//! One thread's work: read a block, search it, judge what was seen.

use std::cell::RefCell;
use std::io::Read;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::blocks::{self, Blocks};
use super::collect::{BlockReport, FileReport};
use super::{Scanner, Watch};
use crate::checks::{BLOCK, Scratch, Window};
use crate::fence::{OpenFile, skip_reason};
use crate::model::{Kind, Origin, SkipReason};
use crate::policy::{Bench, Carry, Judged};

/// What stands for a secret in a path.
const MASKED: &str = "[masked]";

/// Buffers that a thread keeps from file to file.
#[derive(Default)]
pub(super) struct Worker {
    buffer: Vec<u8>,
    pub(super) search: Search,
}

/// What searching needs beside the bytes.
#[derive(Default)]
pub(super) struct Search {
    pub(super) scratch: Scratch,
}

thread_local! {
    static WORKER: RefCell<Worker> = RefCell::default();
}

impl Worker {
    /// Runs `work` with this thread's buffers.
    pub(super) fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        WORKER.with(|worker| work(&mut worker.borrow_mut()))
    }

    /// A file, block by block, to its end wherever that is by now: its length is only a hint (0 in `/proc`).
    pub(super) fn file(&mut self, scanner: &Scanner, file: &OpenFile, origin: Origin, watch: &Watch) -> FileReport {
        let known = file.len();
        let mut report = self.stream(scanner, file.reader(), origin, watch);
        if report.bytes() < known {
            report.skip(SkipReason::Truncated);
        } else if known > 0 && file.len_now().is_ok_and(|now| now > report.bytes()) {
            report.skip(SkipReason::Growing);
        }
        report
    }

    /// A stream, block by block, to its end.
    pub(super) fn stream(&mut self, scanner: &Scanner, stream: impl Read, origin: Origin, watch: &Watch) -> FileReport {
        let mut report = FileReport::new(origin, scanner.max_findings);
        let mut blocks = Blocks::new(stream);
        while !watch.is_stopped()
            && let Some(window) = blocks.next(&mut self.buffer)
        {
            report.push(self.search.block(scanner, &window, watch));
        }
        report.end(blocks.error(), watch);
        report
    }

    /// What must not be shown of a few bytes, such as a path, and what stands for it: mentions of targets, and secrets unless those are
    /// let be.
    pub(super) fn masked(&mut self, scanner: &Scanner, bytes: &[u8], secrets: bool) -> Vec<(Range<usize>, String)> {
        let scratch = &mut self.search.scratch;
        let resolved = catch_unwind(AssertUnwindSafe(|| scanner.checks.search(bytes, scratch)));
        let Ok(resolved) = resolved else {
            self.search = Search::default();
            return vec![(0..bytes.len(), MASKED.to_owned())];
        };
        let targets = resolved.hits.iter().filter_map(|hit| {
            let info = scanner.checks.info(hit.rule);
            let name = info.id.as_str().strip_prefix("target-").filter(|_| info.kind == Kind::Target)?;
            Some((hit.secret.clone(), format!("[TARGET:{name}]")))
        });
        let secrets = resolved.masked.iter().filter(|_| secrets).map(|range| (range.clone(), MASKED.to_owned()));
        targets.chain(secrets).collect()
    }

    /// Bytes in memory.
    pub(super) fn bytes(&mut self, scanner: &Scanner, bytes: &[u8], origin: Origin, watch: &Watch) -> FileReport {
        let mut report = FileReport::new(origin, scanner.max_findings);
        let len = bytes.len() as u64;
        for index in 0..len.div_ceil(BLOCK as u64) {
            report.push(self.search.block(scanner, &window(bytes, index), watch));
        }
        report
    }

    /// Block `index` of a file of `len` bytes that several threads share.
    pub(super) fn block(
        &mut self,
        scanner: &Scanner,
        file: &OpenFile,
        map: Option<&[u8]>,
        index: u64,
        len: u64,
        watch: &Watch,
    ) -> BlockReport {
        if watch.is_stopped() {
            return BlockReport::default();
        }
        if let Some(bytes) = map {
            return self.search.block(scanner, &window(bytes, index), watch);
        }
        let (seen, own) = Window::extent(index, len);
        let buffer = &mut blocks::room(&mut self.buffer)[..(seen.end - seen.start) as usize];
        let read = match file.read_at(buffer, seen.start) {
            Ok(read) => read,
            Err(error) => return BlockReport { skip: Some(skip_reason(&error)), ..BlockReport::default() },
        };
        let own_start = ((own.start - seen.start) as usize).min(read);
        let own_end = ((own.end - seen.start) as usize).min(read);
        let window = Window { bytes: &buffer[..read], base: seen.start, own_start, own_end };
        let mut report = self.search.block(scanner, &window, watch);
        if read < buffer.len() {
            report.skip = Some(SkipReason::Truncated);
        }
        report
    }
}

/// Block `index` of bytes in memory.
fn window(bytes: &[u8], index: u64) -> Window<'_> {
    let (seen, own) = Window::extent(index, bytes.len() as u64);
    Window {
        bytes: &bytes[seen.start as usize..seen.end as usize],
        base: seen.start,
        own_start: (own.start - seen.start) as usize,
        own_end: (own.end - seen.start) as usize,
    }
}

impl Search {
    /// Searches one block. A bug that one input brings to light must not blind the run: it is caught and reported as a skip.
    pub(super) fn block(&mut self, scanner: &Scanner, window: &Window<'_>, watch: &Watch) -> BlockReport {
        let own = window.own();
        let searched = catch_unwind(AssertUnwindSafe(|| self.judge(scanner, window)));
        watch.bytes.fetch_add(own.len() as u64, Ordering::Relaxed);
        let bytes = own.len() as u64;
        // Behind the last block nothing is counted.
        let is_last = window.own_end == window.bytes.len();
        let is_head = window.base + window.own_start as u64 == 0;
        let lines = if is_last { Carry::default() } else { Carry::of(own, is_head) };
        let (judged, skip) = if let Ok(judged) = searched {
            (judged, None)
        } else {
            *self = Self::default();
            (Judged::default(), Some(SkipReason::Internal))
        };
        BlockReport { judged, lines, bytes, skip }
    }

    fn judge(&mut self, scanner: &Scanner, window: &Window<'_>) -> Judged {
        let mut seen = scanner.checks.search(window.bytes, &mut self.scratch);
        // A dense region reaches over the cuts: each block owns its part of it.
        for hit in
            seen.hits.iter_mut().filter(|hit| hit.secret.start < window.own_start && hit.secret.end > window.own_start)
        {
            if scanner.checks.is_region(hit.rule) {
                hit.secret.start = window.own_start;
            }
        }
        let label = |at: usize| {
            let index = seen.hits.binary_search_by_key(&at, |hit| hit.secret.start).ok()?;
            Some(scanner.checks.info(seen.hits[index].rule))
        };
        let bench = Bench {
            bytes: window.bytes,
            base: window.base,
            own: window.own_start..window.own_end,
            hits: &seen.hits,
            masked: &seen.masked,
            label: &label,
        };
        scanner.policy.judge(&bench, |rule| scanner.checks.info(rule))
    }
}
