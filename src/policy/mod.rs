//! Judges: here a raw hit becomes a finding, and from here on no secret byte exists.

mod allow;
mod echo;
mod excerpt;
mod place;

use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use allow::AllowEntry;
pub(crate) use allow::{AllowList, Foreign};
pub(crate) use place::Carry;
use place::Places;

use crate::model::{Confidence, Draft, Fingerprint, Giver, Origin, RuleInfo, Span, Status};
use crate::raw::Hit;

/// A block's bytes and what was seen in them, to be judged.
pub(crate) struct Bench<'a> {
    /// The bytes that were searched.
    pub(crate) bytes: &'a [u8],
    /// Offset of `bytes[0]` in the file.
    pub(crate) base: u64,
    /// Where lines and columns are counted from: the first byte the block owns.
    pub(crate) own_start: usize,
    /// What no excerpt may show.
    pub(crate) masked: &'a [std::ops::Range<usize>],
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
}

impl Policy {
    /// Judges the hits of one block, given in order. Lines and columns are counted from the block's first own byte.
    pub(crate) fn judge(&self, bench: &Bench<'_>, hits: &[Hit], info: impl Fn(u32) -> Arc<RuleInfo>) -> Vec<Draft> {
        let mut places = Places::new(bench.bytes, bench.own_start, bench.base == 0 && bench.own_start == 0);
        let mut drafts = Vec::new();
        for hit in hits.iter().filter(|hit| hit.confidence >= self.min_confidence) {
            let rule = info(hit.rule);
            let (excerpt, line) = excerpt::excerpt(bench, hit, rule.id.as_str());
            let comment =
                self.inline.and_then(|foreign| allow::inline(bench.bytes, &hit.secret, rule.id.as_str(), foreign));
            let status = comment.map_or(Status::Open, |comment| {
                let reason = comment.reason.map(|reason| excerpt::masked(bench, hit, reason));
                Status::Suppressed(Giver::Inline { reason })
            });
            let (start, end) = places.of(&hit.secret, hit.wrapping);
            drafts.push(Draft {
                site: site(rule.id.as_str(), &line),
                rule,
                confidence: hit.confidence,
                proof: hit.proof,
                span: Span::new(bench.base + hit.secret.start as u64, bench.base + hit.secret.end as u64),
                start,
                end,
                encoding: hit.wrapping.iter().collect(),
                excerpt,
                status,
                detail: hit.detail.clone(),
            });
        }
        drafts
    }

    /// Applies what the configuration accepts, once path and fingerprint are known.
    pub(crate) fn accept(&self, draft: &mut Draft, origin: &Origin, fingerprint: Fingerprint) {
        if draft.status == Status::Open
            && let Some(giver) = self.allow.find(&origin.path().to_string(), draft.rule.id.as_str(), fingerprint)
        {
            draft.status = Status::Suppressed(giver);
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
pub(crate) fn fingerprint(site: &[u8; 16], origin: &Origin, ordinal: u32) -> Fingerprint {
    let mut hash = Sha256::new();
    hash.update(site);
    hash.update(origin.path().as_bytes());
    hash.update(ordinal.to_le_bytes());
    Fingerprint(head(&hash.finalize()))
}

fn head(digest: &[u8]) -> [u8; 16] {
    let mut head = [0; 16];
    head.copy_from_slice(&digest[..16]);
    head
}
