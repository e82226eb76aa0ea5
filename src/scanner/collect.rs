//! Gathers what the threads found, and hands it on in one order whatever the threads did.

use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::Watch;
use crate::fence::{OpenFile, skip_reason};
use crate::model::{
    Draft, Finding, Lapse, LapseState, Origin, PathText, Place, Result, SkipReason, Skipped, Status, Summary,
};
use crate::policy::{Carry, Judged, Ledger, Policy};

/// What one block of a file gave.
#[derive(Debug, Default)]
pub(super) struct BlockReport {
    /// Findings and comments, with lines and columns counted from the block's start.
    pub(super) judged: Judged,
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
    /// Of each site, how many findings the file has.
    sites: HashMap<[u8; 16], u32>,
    /// Comments that accept nothing, with their lines.
    lapses: Vec<(u64, LapseState)>,
    /// Sites of accepted findings that are too doubtful to be reported.
    faint: Vec<[u8; 16]>,
    carry: Carry,
    bytes: u64,
    files: u64,
    most: usize,
    unlisted: u64,
    skip: Option<SkipReason>,
}

impl FileReport {
    pub(super) fn new(origin: Origin, most: usize) -> Self {
        Self {
            origin,
            drafts: Vec::new(),
            sites: HashMap::new(),
            lapses: Vec::new(),
            faint: Vec::new(),
            carry: Carry::default(),
            bytes: 0,
            files: 1,
            most,
            unlisted: 0,
            skip: None,
        }
    }

    /// Adds the next block.
    pub(super) fn push(&mut self, block: BlockReport) {
        for mut draft in block.judged.drafts {
            if self.drafts.len() < self.most {
                let count = self.sites.entry(draft.site).or_default();
                draft.ordinal = *count;
                *count += 1;
                draft.start = self.carry.shift(draft.start, &draft.encoding);
                draft.end = self.carry.shift(draft.end, &draft.encoding);
                self.drafts.push(draft);
            } else if draft.status == Status::Open {
                self.unlisted += 1;
            }
        }
        for (line, state) in block.judged.lapses {
            if self.lapses.len() < self.most {
                self.lapses.push((self.carry.shift(Place { line, column: 1 }, &[]).line, state));
            }
        }
        self.faint.extend(block.judged.faint);
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

    /// Forgets comments that accept nothing: in a text of the past nobody can tidy them up.
    pub(super) fn forget_unused(&mut self) {
        self.lapses.retain(|(_, state)| *state != LapseState::Unused);
    }

    /// Whether anything was found.
    pub(super) fn has_findings(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// Says that it is no file of its own.
    #[cfg_attr(not(feature = "unpack"), allow(dead_code, reason = "without the feature nothing is unpacked"))]
    pub(super) fn uncounted(&mut self) {
        self.files = 0;
    }

    /// Bytes that were read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Says that the file is done with, and which error ended it.
    pub(super) fn end(&mut self, error: Option<io::Error>, watch: &Watch) {
        if let Some(error) = error {
            self.skip(skip_reason(&error));
        }
        watch.count(0, 1);
    }

    /// Says that the file was not read whole; the first reason stands.
    pub(super) fn skip(&mut self, reason: SkipReason) {
        self.skip.get_or_insert(reason);
    }

    /// Completes the findings, counts them, and gives them to the sink.
    pub(super) fn emit(
        mut self,
        ledger: &mut Ledger<'_>,
        summary: &mut Summary,
        sink: &mut impl FnMut(&Finding) -> Result<()>,
    ) -> Result<()> {
        summary.bytes += self.bytes;
        summary.files += self.files;
        summary.unlisted += self.unlisted;
        if let Some(reason) = self.skip {
            summary.skipped.push(Skipped { path: self.origin.full_path().into_owned(), reason });
        }
        let origin = Arc::new(self.origin);
        let lapses = self.lapses.into_iter();
        summary.lapses.extend(lapses.map(|(line, state)| Lapse { file: origin.path().clone(), line, state }));
        let prints = ledger.settle(&origin, &mut self.drafts, &self.sites, &self.faint);
        for (draft, print) in self.drafts.into_iter().zip(prints) {
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
#[derive(Debug)]
pub(super) struct Collector<'s> {
    policy: &'s Policy,
    /// Paths of which it is to be known whether they were read.
    watched: HashSet<&'s str>,
    gathered: Mutex<Gathered>,
}

#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) reports: Vec<FileReport>,
    pub(super) skipped: Vec<Skipped>,
    /// Files too long for one thread, still to be read.
    big: Vec<(OpenFile, Origin)>,
    /// Files and bytes of those that gave nothing.
    pub(super) quiet: (u64, u64),
    /// Which of the watched paths were read, and whole.
    pub(super) read: HashSet<String>,
}

impl<'s> Collector<'s> {
    /// A collector that remembers which paths of the baseline were read.
    pub(super) fn new(policy: &'s Policy) -> Self {
        let watched = policy.baseline.entries().map(|entry| entry.path.as_str()).collect();
        Self { policy, watched, gathered: Mutex::default() }
    }

    /// Takes the report of one file. One without findings is only counted, so that memory grows with findings, not with files.
    pub(super) fn add(&self, report: FileReport) {
        let is_whole = report.skip.is_none() && report.unlisted == 0;
        let watched = (is_whole && !self.watched.is_empty())
            .then(|| PathText::new(self.policy.path(&report.origin)).to_string())
            .filter(|path| self.watched.contains(path.as_str()));
        let mut gathered = self.lock();
        gathered.read.extend(watched);
        let is_quiet = report.drafts.is_empty() && report.lapses.is_empty() && report.faint.is_empty();
        if is_quiet && report.skip.is_none() {
            gathered.quiet.0 += report.files;
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
        let mut gathered = self.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        gathered.reports.sort_by(|a, b| a.origin.cmp(&b.origin));
        gathered
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Baseline, Scope};
    use crate::ruleset::RuleSet;
    use crate::scanner::worker::Worker;
    use crate::scanner::{Scanner, Watch};

    /// A line with a secret of a rule of the test's own.
    fn line(number: usize) -> String {
        let mut letters: Vec<char> = "XKQVZJWPTMBNRLGD".chars().collect();
        letters.rotate_left(number);
        format!("token = acme_{}\n", String::from_iter(letters))
    }

    fn scanner(baseline: Baseline) -> Scanner {
        let mut rules = RuleSet::empty();
        let rule = "vendor='x'\n[[rule]]\nid='acme-key'\ntitle='x'\nanchors=['acme_']\npattern='acme_[A-Z]{16}'";
        rules.add("rules.toml", rule).unwrap();
        Scanner::builder().rules(rules).baseline(baseline).build().unwrap()
    }

    #[test]
    fn where_only_new_lines_count_an_accepted_form_is_no_licence() {
        let origin = Origin::named("a");
        let accepting = scanner(Baseline::default());
        let found = accepting.scan_bytes(line(1).as_bytes(), &origin);
        let entry = serde_json::to_vec(&accepting.entry(&found[0])).unwrap();
        let scanner = scanner(Baseline::from_reader("b", &entry[..]).unwrap());
        for (text, new, open) in [
            (line(1), 0..1, 0),
            (line(2), 0..1, 0), // in the place of the accepted one: without a key nobody can tell
            (line(2) + &line(1), 0..1, 1),
            (line(1) + &line(2), 1..2, 1),
        ] {
            let mut report =
                Worker::with(|worker| worker.bytes(&scanner, text.as_bytes(), origin.clone(), &Watch::default()));
            report.drafts = report.drafts.drain(new).collect();
            let mut summary = Summary::default();
            let mut ledger = Ledger::new(&scanner.policy, Scope::default());
            report.emit(&mut ledger, &mut summary, &mut |_| Ok(())).unwrap();
            assert_eq!(summary.open_total(), open, "{text}");
        }
    }
}
