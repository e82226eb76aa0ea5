//! The scanner: source, checks, policy, and your sink.

mod blocks;
mod builder;
mod collect;
mod leaks;
mod objects;
#[cfg_attr(not(feature = "unpack"), allow(dead_code, reason = "without the feature nothing is unpacked"))]
mod packed;
#[cfg(any(test, fuzzing))]
mod same;
mod stream;
mod worker;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;

pub use builder::ScannerBuilder;
use collect::{Collector, FileReport};
pub(crate) use packed::packing;
use worker::Worker;

use crate::checks::{BLOCK, Checks};
use crate::fence::{self, Fence, OpenFile};
use crate::model::{Entry, Error, Finding, Origin, PathText, Result, RuleInfo, SkipReason, Summary};
use crate::policy::{Ledger, Policy, Scope};
use crate::sources::{self, Found, Selection, Source};
use crate::unpack::Packed;

/// Files longer than this are split over threads.
const BIG: u64 = 8 * BLOCK as u64;

/// Searches texts for secrets. Build one with [`Scanner::builder`], use it as often as you like, from as many threads as you like.
pub struct Scanner {
    checks: Checks,
    warnings: Vec<String>,
    policy: Policy,
    fence: Fence,
    threads: usize,
    max_findings: usize,
    max_depth_archive: usize,
    mmap: bool,
}

/// Progress of a running scan, and the way to stop it.
#[derive(Debug, Default)]
pub struct Watch {
    bytes: AtomicU64,
    files: AtomicU64,
    stop: AtomicBool,
}

impl Watch {
    /// Bytes searched so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Files finished so far.
    pub fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    /// Adds to the progress.
    pub(crate) fn count(&self, bytes: u64, files: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.files.fetch_add(files, Ordering::Relaxed);
    }

    /// Asks the scan to stop as soon as it can; it then fails with [`Error::Interrupted`].
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Scanner {
    /// A builder with the built-in rules and the defaults of the command.
    pub fn builder() -> ScannerBuilder {
        ScannerBuilder::default()
    }

    /// What may be known of the rules in force, in file order.
    pub fn rules(&self) -> impl Iterator<Item = RuleInfo> + '_ {
        self.checks.rules().infos()
    }

    /// What it was asked to look for and does not, in words for people: see [`crate::KnownValues::warnings`].
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Searches all that `source` names. `sink` is given the findings in path order, then by offset, once all is read.
    ///
    /// # Errors
    /// [`Error::MissingPath`] before anything is read; [`Error::Interrupted`] when `watch` says stop; what `sink` returns. What could
    /// not be read is no error but a [`crate::Skipped`] of the summary.
    pub fn scan(
        &self,
        source: &Source,
        watch: &Watch,
        mut sink: impl FnMut(&Finding) -> Result<()>,
    ) -> Result<Summary> {
        let began = Instant::now();
        let collector = Collector::new(&self.policy);
        self.read_all(source, watch, &collector)?;
        if watch.is_stopped() {
            return Err(Error::Interrupted);
        }
        let mut summary =
            Summary { ruleset: self.checks.rules().digest(), walls: self.fence.walls(), ..Summary::default() };
        let gathered = collector.into_sorted();
        (summary.files, summary.bytes) = gathered.quiet;
        let mut ledger = Ledger::new(&self.policy, self.scope(source, gathered.read));
        for report in gathered.reports {
            report.emit(&mut ledger, &mut summary, &mut sink)?;
        }
        summary.skipped.extend(gathered.skipped);
        summary.skipped.sort();
        let is_in_force = |rule: &str| self.checks.looks_for(rule);
        summary.lapses.extend(ledger.lapses(is_in_force, summary.is_complete() && !source.is_selective()));
        summary.lapses.sort();
        summary.lapses.dedup();
        summary.duration = began.elapsed();
        Ok(summary)
    }

    /// Searches bytes in memory, as they are: what is compressed or an archive is not unpacked.
    pub fn scan_bytes(&self, bytes: &[u8], origin: &Origin) -> Vec<Finding> {
        let watch = Watch::default();
        let report = Worker::with(|worker| worker.bytes(self, bytes, origin.clone(), &watch));
        let mut findings = Vec::new();
        let mut summary = Summary::default();
        let mut ledger = Ledger::new(&self.policy, Scope::default());
        let kept = report.emit(&mut ledger, &mut summary, &mut |finding: &Finding| {
            findings.push(finding.clone());
            Ok(())
        });
        debug_assert!(kept.is_ok(), "the sink never fails");
        findings
    }

    /// An entry for a baseline that accepts this finding.
    pub fn entry(&self, finding: &Finding) -> Entry {
        self.policy.entry(finding)
    }

    /// What acceptances may know of a scan of `source`, of which the `read` paths were read.
    fn scope(&self, source: &Source, read: HashSet<String>) -> Scope {
        let Policy { baseline, root, .. } = &self.policy;
        // Of a member of an archive, the archive.
        let files = |path: &str| path.match_indices('!').map(|(at, _)| at).chain([path.len()]).collect::<Vec<_>>();
        let is_gone = |path: &&str| !files(path).into_iter().any(|end| self.fence.is_there(&root.locate(&path[..end])));
        let gone = baseline.files().collect::<HashSet<_>>().into_iter().filter(is_gone).map(str::to_owned).collect();
        let asked = source.paths().iter().map(|path| root.path(path.to_string_lossy().as_bytes())).collect();
        Scope { read, gone, asked }
    }

    /// Reads what the source names: small files where they are found, big ones afterwards, each split over all threads.
    fn read_all(&self, source: &Source, watch: &Watch, collector: &Collector) -> Result<()> {
        if source.reads_stdin() {
            self.fence.admit_stdin()?;
            self.read_stream(sources::stdin(), Origin::stdin(), watch, collector)?;
        }
        if let Some(git) = source.of_git() {
            self.read_git(git, &Selection::of(source)?, watch, collector)?;
        }
        if let Some(path) = source.message_file() {
            self.read_message_file(path, watch, collector)?;
        }
        sources::walk(source, self.threads, &self.fence, || {
            |found: Found| {
                match found {
                    Found::Skipped { shown, reason } => collector.skip(self.path_text(&shown), reason),
                    Found::File { path, shown, named } => {
                        self.read_found(&path, source.follows(named), self.path_text(&shown), watch, collector);
                    }
                }
                if watch.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        })?;
        let big = collector.take_big();
        if big.is_empty() {
            return Ok(());
        }
        let pool = self.pool()?;
        for (file, origin) in big {
            let report = pool.install(|| self.read_big(&file, origin, watch));
            collector.add(report);
        }
        Ok(())
    }

    /// All threads, for one file or stream.
    fn pool(&self) -> Result<rayon::ThreadPool> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build();
        pool.map_err(|error| Error::Setting(format!("cannot start {} threads: {error}", self.threads)))
    }

    /// A path as it may be shown: a secret in it is masked, and a target's path is its name.
    pub(crate) fn path_text(&self, shown: &[u8]) -> PathText {
        let masked = |bytes: &[u8]| Worker::with(|worker| worker.masked(self, bytes, true));
        PathText::new(replaced(shown, [masked(shown), masked(&names_of(shown))].concat()))
    }

    /// Words about a run as they may be said: each mention of a target in them is its name.
    pub fn discreet(&self, words: &str) -> String {
        let bytes = words.as_bytes();
        let mentions = |bytes: &[u8]| Worker::with(|worker| worker.masked(self, bytes, false));
        String::from_utf8_lossy(&replaced(bytes, [mentions(bytes), mentions(&names_of(bytes))].concat())).into_owned()
    }

    fn read_found(&self, path: &Path, follow: bool, shown: PathText, watch: &Watch, collector: &Collector) {
        let origin = Origin::file(shown);
        match self.fence.admit(path, follow).and_then(fence::open) {
            Err(reason) => {
                let shown = self.fence.stand_in(path, &reason).map(PathText::new);
                collector.skip(shown.unwrap_or_else(|| origin.path().clone()), reason);
            }
            Ok(file) => match packed::packing(&file) {
                Some(packing) => self.unpack(Packed::File(&mut file.reader()), packing, &origin, watch, collector),
                None if file.len() > BIG => collector.defer(file, origin),
                None => collector.add(Worker::with(|worker| worker.file(self, &file, origin, watch))),
            },
        }
    }

    /// Splits one file over the threads of the current pool.
    fn read_big(&self, file: &OpenFile, origin: Origin, watch: &Watch) -> FileReport {
        let map = if self.mmap { file.map().ok() } else { None };
        let len = file.len();
        let blocks: Vec<_> = (0..len.div_ceil(BLOCK as u64))
            .into_par_iter()
            .map(|index| Worker::with(|worker| worker.block(self, file, map.as_deref(), index, len, watch)))
            .collect();
        let mut report = FileReport::new(origin, self.max_findings);
        for block in blocks {
            report.push(block);
        }
        if file.len_now().is_ok_and(|now| now > len) {
            report.skip(SkipReason::Growing);
        }
        watch.files.fetch_add(1, Ordering::Relaxed);
        report
    }
}

/// Each name of a path on a line of its own: some rules want a value to begin its line, and a name may be one.
fn names_of(path: &[u8]) -> Vec<u8> {
    path.iter().map(|&byte| if byte == b'/' { b'\n' } else { byte }).collect()
}

/// A text in which something else stands for some ranges; of two that overlap, for the first or longer one.
fn replaced(text: &[u8], mut ranges: Vec<(Range<usize>, String)>) -> Vec<u8> {
    ranges.sort_by_key(|(range, _)| (range.start, Reverse(range.end)));
    let mut replaced = Vec::with_capacity(text.len());
    let mut at = 0;
    for (range, stand_in) in ranges.into_iter().filter(|(range, _)| !range.is_empty()) {
        if range.start >= at {
            replaced.extend_from_slice(&text[at..range.start]);
            replaced.extend_from_slice(stand_in.as_bytes());
        }
        at = at.max(range.end);
    }
    replaced.extend_from_slice(&text[at..]);
    replaced
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanner({} rules, {} threads)", self.checks.rules().len(), self.threads)
    }
}
