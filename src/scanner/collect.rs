//! Gathers what the threads found, and hands it on in one order whatever the threads did.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::fence::OpenFile;
use crate::model::{Draft, Finding, Origin, PathText, Result, SkipReason, Skipped, Status, Summary};
use crate::policy::{Carry, Policy, fingerprint};

/// What one block of a file gave.
#[derive(Debug, Default)]
pub(super) struct BlockReport {
    /// Findings, with lines and columns counted from the block's start.
    pub(super) drafts: Vec<Draft>,
    /// What the block adds to the count of lines; the carry before it is not in it.
    pub(super) lines: Carry,
    /// Bytes the block owns.
    pub(super) bytes: u64,
    /// Why it was not read whole.
    pub(super) skip: Option<SkipReason>,
}

/// What one file gave.
#[derive(Debug)]
pub(super) struct FileReport {
    origin: Origin,
    drafts: Vec<Draft>,
    carry: Carry,
    bytes: u64,
    most: usize,
    unlisted: u64,
    skip: Option<SkipReason>,
}

impl FileReport {
    pub(super) fn new(origin: Origin, most: usize) -> Self {
        Self { origin, drafts: Vec::new(), carry: Carry::default(), bytes: 0, most, unlisted: 0, skip: None }
    }

    /// Adds the next block.
    pub(super) fn push(&mut self, block: BlockReport) {
        for mut draft in block.drafts {
            if self.drafts.len() < self.most {
                draft.start = self.carry.shift(draft.start, &draft.encoding);
                draft.end = self.carry.shift(draft.end, &draft.encoding);
                self.drafts.push(draft);
            } else if draft.status == Status::Open {
                self.unlisted += 1;
            }
        }
        self.carry = self.carry.then(block.lines);
        self.bytes += block.bytes;
        if let Some(reason) = block.skip {
            self.skip(reason);
        }
    }

    /// Keeps the findings in which `wanted` has part; it is given the bytes of each.
    pub(super) fn retain(&mut self, wanted: impl Fn(&Range<u64>) -> bool) {
        self.drafts.retain(|draft| wanted(&(draft.span.start..draft.span.end)));
    }

    /// Whether anything was found.
    pub(super) fn has_findings(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// Says that the file was not read whole; the first reason stands.
    pub(super) fn skip(&mut self, reason: SkipReason) {
        self.skip.get_or_insert(reason);
    }

    /// Completes the findings, counts them, and gives them to the sink.
    pub(super) fn emit(
        self,
        policy: &Policy,
        summary: &mut Summary,
        sink: &mut impl FnMut(&Finding) -> Result<()>,
    ) -> Result<()> {
        summary.bytes += self.bytes;
        summary.files += 1;
        summary.unlisted += self.unlisted;
        if let Some(reason) = self.skip {
            summary.skipped.push(Skipped { path: self.origin.path().clone(), reason });
        }
        let origin = Arc::new(self.origin);
        let mut ordinals: HashMap<[u8; 16], u32> = HashMap::new();
        for mut draft in self.drafts {
            let ordinal = ordinals.entry(draft.site).or_default();
            let print = fingerprint(&draft.site, &origin, *ordinal);
            *ordinal += 1;
            policy.accept(&mut draft, &origin, print);
            if draft.status == Status::Open {
                summary.open[draft.rule.severity as usize] += 1;
            } else {
                summary.suppressed += 1;
            }
            sink(&Finding::new(draft, Arc::clone(&origin), print))?;
        }
        Ok(())
    }
}

/// Where all threads leave what they found.
#[derive(Debug, Default)]
pub(super) struct Collector(Mutex<Gathered>);

#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) reports: Vec<FileReport>,
    pub(super) skipped: Vec<Skipped>,
    /// Files too long for one thread, still to be read.
    big: Vec<(OpenFile, Origin)>,
    /// Files and bytes of those that gave nothing.
    pub(super) quiet: (u64, u64),
}

impl Collector {
    /// Takes the report of one file. One without findings is only counted, so that memory grows with findings, not with files.
    pub(super) fn add(&self, report: FileReport) {
        let mut gathered = self.lock();
        if report.drafts.is_empty() && report.skip.is_none() {
            gathered.quiet.0 += 1;
            gathered.quiet.1 += report.bytes;
        } else {
            gathered.reports.push(report);
        }
    }

    pub(super) fn skip(&self, path: PathText, reason: SkipReason) {
        self.lock().skipped.push(Skipped { path, reason });
    }

    pub(super) fn defer(&self, file: OpenFile, origin: Origin) {
        self.lock().big.push((file, origin));
    }

    /// The files that were put off, in path order.
    pub(super) fn take_big(&self) -> Vec<(OpenFile, Origin)> {
        let mut big = std::mem::take(&mut self.lock().big);
        big.sort_by(|a, b| a.1.cmp(&b.1));
        big
    }

    /// All of it, in path order.
    pub(super) fn into_sorted(self) -> Gathered {
        let mut gathered = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        gathered.reports.sort_by(|a, b| a.origin.cmp(&b.origin));
        gathered
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
