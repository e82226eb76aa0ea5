//! Judges: here a raw hit becomes a finding, and from here on no secret byte exists.

mod allow;
mod baseline;
mod comment;
mod echo;
mod excerpt;
mod ledger;
mod place;
mod root;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use allow::AllowEntry;
pub(crate) use allow::AllowList;
pub use baseline::Baseline;
use comment::Comment;
pub(crate) use comment::Foreign;
pub(crate) use ledger::{Ledger, Scope};
pub(crate) use place::Carry;
use place::Places;
pub(crate) use root::Root;

use crate::model::{
    Confidence, Date, Draft, Entry, Finding, Fingerprint, Giver, LapseState, Origin, OriginKind, RuleInfo, Span,
    Status, Tie,
};
use crate::raw::{Hit, Key, Secret, Wrapping};

/// A block's bytes and what was seen in them, to be judged.
pub(crate) struct Bench<'a> {
    /// The bytes that were searched.
    pub(crate) bytes: &'a [u8],
    /// Offset of `bytes[0]` in the file.
    pub(crate) base: u64,
    /// The bytes the block owns. Lines and columns are counted from the first of them.
    pub(crate) own: Range<usize>,
    /// All that was seen, in order.
    pub(crate) hits: &'a [Hit],
    /// What no excerpt may show.
    pub(crate) masked: &'a [Range<usize>],
    /// The rule numbers and their names, to label what is masked.
    pub(crate) label: &'a dyn Fn(usize) -> Option<Arc<RuleInfo>>,
}

/// What is judged by.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// Findings below this are not reported.
    pub(crate) min_confidence: Confidence,
    /// Whether comments may suppress, and whose.
    pub(crate) inline: Option<Foreign>,
    /// What the configuration accepts.
    pub(crate) allow: AllowList,
    /// What was accepted before.
    pub(crate) baseline: Baseline,
    /// Under which values get fingerprints.
    pub(crate) key: Option<Arc<Key>>,
    /// Under which equal values of a run are told: random, and never out.
    pub(crate) run: Key,
    /// Where paths are named from.
    pub(crate) root: Root,
    /// By which acceptances expire.
    pub(crate) today: Date,
    /// Whether to look for comments and entries that accept nothing.
    pub(crate) audit: bool,
}

/// What a block amounts to.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Findings, with lines and columns counted from the block's start.
    pub(crate) drafts: Vec<Draft>,
    /// Comments that accept nothing, with their lines counted likewise.
    pub(crate) lapses: Vec<(u64, LapseState)>,
    /// Sites that the baseline knows, of hits too doubtful to be reported: their entries are not stale.
    pub(crate) faint: Vec<[u8; 16]>,
}

impl Bench<'_> {
    /// Whether the file begins with what the block owns.
    fn is_head(&self) -> bool {
        self.base == 0 && self.own.start == 0
    }
}

impl Policy {
    /// Judges the hits that one block owns.
    pub(crate) fn judge(&self, bench: &Bench<'_>, info: impl Fn(u32) -> Arc<RuleInfo>) -> Judged {
        let foreign = self.inline.filter(|foreign| *foreign == Foreign::Honoured || comment::any(bench.bytes));
        let comment = |hit: &Hit| comment::inline(bench.bytes, &hit.secret, info(hit.rule).id.as_str(), foreign?);
        let mut places = Places::new(bench.bytes, bench.own.start, bench.is_head());
        let own = || bench.hits.iter().filter(|hit| bench.own.contains(&hit.secret.start));
        let drafts = own().filter(|hit| hit.confidence >= self.min_confidence).map(|hit| {
            let rule = info(hit.rule);
            let (excerpt, line) = excerpt::excerpt(bench, hit, rule.id.as_str());
            let accepted = comment(hit).filter(|comment| self.holds(comment.until)).map(|comment| {
                let reason = comment.reason.map(|reason| excerpt::masked(bench, hit, reason));
                Giver::Inline { reason, until: comment.until }
            });
            let (start, end) = places.of(&hit.secret, hit.wrapping);
            let value = Secret::new(&bench.bytes[hit.secret.clone()]);
            Draft {
                site: site(rule.id.as_str(), &line),
                ordinal: 0,
                value: self.key.as_deref().map(|key| Fingerprint::of_value(value.name(key, "fingerprint"))),
                tie: Tie(value.name(&self.run, "tie")),
                rule,
                confidence: hit.confidence,
                proof: hit.proof,
                span: Span::new(bench.base + hit.secret.start as u64, bench.base + hit.secret.end as u64),
                start,
                end,
                encoding: hit.wrapping.iter().collect(),
                excerpt,
                status: accepted.map_or(Status::Open, Status::Suppressed),
                detail: hit.detail.clone(),
            }
        });
        let drafts = drafts.collect();
        let lapses = if foreign.is_some() { self.lapses(bench, comment) } else { Vec::new() };
        let faint = own().filter(|hit| hit.confidence < self.min_confidence && !self.baseline.is_empty());
        let faint = faint.map(|hit| {
            let rule = info(hit.rule);
            site(rule.id.as_str(), &excerpt::excerpt(bench, hit, rule.id.as_str()).1)
        });
        Judged { drafts, lapses, faint: faint.filter(|site| self.baseline.knows(*site)).collect() }
    }

    /// The comments of a block that accept nothing, or no more.
    fn lapses(&self, bench: &Bench<'_>, comment: impl Fn(&Hit) -> Option<Comment>) -> Vec<(u64, LapseState)> {
        let marks = comment::marks(bench.bytes, bench.own.clone());
        if marks.is_empty() {
            return Vec::new();
        }
        let used: HashMap<Option<usize>, Option<Date>> =
            bench.hits.iter().filter_map(comment).map(|comment| (comment.mark, comment.until)).collect();
        let mut places = Places::new(bench.bytes, bench.own.start, bench.is_head());
        let lapsed = marks.into_iter().filter_map(|mark| {
            let state = match used.get(&Some(mark)) {
                Some(Some(until)) if !self.holds(Some(*until)) => LapseState::Expired { until: *until },
                None if self.audit => LapseState::Unused,
                _ => return None,
            };
            Some((places.of(&(mark..mark), Wrapping::default()).0.line, state))
        });
        lapsed.collect()
    }

    fn holds(&self, until: Option<Date>) -> bool {
        until.is_none_or(|until| self.today <= until)
    }

    /// An entry that accepts a finding.
    pub(crate) fn entry(&self, finding: &Finding) -> Entry {
        let entry = finding.entry(&self.path(finding.origin()));
        let key = entry.value.and(self.key.as_ref()).map(|key| key.id());
        Entry { key, ..entry }
    }

    /// The path that acceptances know a text by.
    pub(crate) fn path(&self, origin: &Origin) -> Vec<u8> {
        match origin.kind() {
            OriginKind::Stdin | OriginKind::Message { .. } => origin.path().as_bytes().to_vec(),
            OriginKind::File | OriginKind::Staged | OriginKind::Commit(_) | OriginKind::Archive { .. } => {
                self.root.path(origin.full_path().as_bytes())
            }
        }
    }
}

/// A digest of rule and masked line: the part of the fingerprint that a block knows.
fn site(rule: &str, masked_line: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(rule.as_bytes());
    hash.update([0]);
    hash.update(masked_line.as_bytes());
    head(&hash.finalize())
}

/// The fingerprint of the `ordinal`-th finding of this site in this path.
fn fingerprint(site: &[u8; 16], path: &[u8], ordinal: u32) -> Fingerprint {
    let mut hash = Sha256::new();
    hash.update(site);
    hash.update(path);
    hash.update(ordinal.to_le_bytes());
    Fingerprint(head(&hash.finalize()))
}

fn head(digest: &[u8]) -> [u8; 16] {
    let mut head = [0; 16];
    head.copy_from_slice(&digest[..16]);
    head
}
