//! Known values: found exactly, and in every encoding they take on.
//!
//! Each spelling of a value ([`spelling`]) is an anchor, found in one pass with those of the rules, in the text as it is and in every layer.

mod spelling;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::prefilter::{Anchor, AnchorHit};
use super::window::MARGIN;
use crate::model::{Confidence, Encoding, Kind, Proof, RuleId, RuleInfo, Severity};
use crate::raw::{Hit, KnownValues, SecretBytes, Text};

/// All values, ready to be found.
pub(super) struct Known {
    /// In order of their literals.
    spellings: Vec<Spelling>,
    values: Vec<SecretBytes>,
    infos: Vec<Arc<RuleInfo>>,
    /// The numbers of the first anchor and the first value: they come behind all others.
    first: (u32, u32),
}

/// One way to write one value.
struct Spelling {
    literal: Zeroizing<Vec<u8>>,
    encoding: Option<Encoding>,
    value: u32,
}

impl Known {
    /// Makes values ready, whose anchors are numbered from `anchor` on, and they themselves, as rules are, from `rule` on.
    pub(super) fn new(known: &KnownValues, anchor: u32, rule: u32) -> Self {
        let mut all = Self { spellings: Vec::new(), values: Vec::new(), infos: Vec::new(), first: (anchor, rule) };
        for (number, (name, value)) in (0..).zip(known.named()) {
            let spellings = spelling::spellings(value.expose(), MARGIN).into_iter();
            all.spellings.extend(spellings.map(|(literal, encoding)| Spelling {
                literal: literal.into(),
                encoding,
                value: number,
            }));
            all.values.push(value.clone());
            all.infos.push(Arc::new(info(&name)));
        }
        all.spellings.sort_by(|a, b| (a.literal.as_slice(), a.value).cmp(&(b.literal.as_slice(), b.value)));
        all
    }

    /// The anchors, in the order of their numbers.
    pub(super) fn anchors(&self) -> impl Iterator<Item = Anchor<'_>> {
        // Hex is the only one that is written in either case.
        let ignores = |spelling: &Spelling| spelling.encoding == Some(Encoding::Hex);
        self.spellings.iter().map(move |each| Anchor { literal: &each.literal, ignore_case: ignores(each) })
    }

    /// What reports say of each value.
    pub(super) fn infos(&self) -> impl Iterator<Item = Arc<RuleInfo>> + '_ {
        self.infos.iter().cloned()
    }

    /// Takes the anchors of values out of those that were seen in a text: each is a hit in the stored text, and its value.
    pub(super) fn take(
        &self,
        text: &Text<'_>,
        anchors: &mut Vec<AnchorHit>,
    ) -> impl Iterator<Item = (Hit, &SecretBytes)> {
        let (first_anchor, first_rule) = self.first;
        let hit = move |seen: AnchorHit| {
            let Spelling { literal, encoding, value } = &self.spellings[(seen.anchor - first_anchor) as usize];
            let stored = text.to_stored(seen.at as usize..seen.at as usize + literal.len());
            let hit = Hit {
                rule: first_rule + value,
                matched: stored.clone(),
                secret: stored,
                confidence: Confidence::High,
                proof: Proof::None,
                wrapping: encoding.and_then(|encoding| text.wrapping.with(encoding)).unwrap_or(text.wrapping),
                detail: None,
            };
            (hit, &self.values[*value as usize])
        };
        anchors.extract_if(.., move |seen| seen.anchor >= first_anchor).map(hit)
    }

    /// How much of a text cannot be the beginning of a value that goes on behind it.
    pub(super) fn settled(&self, text: &[u8]) -> usize {
        let is_begun = |start: &usize| {
            let tail = &text[*start..];
            let first = self.spellings.partition_point(|spelling| spelling.literal.as_slice() < tail);
            let likely = self.spellings[first..].iter().map(|spelling| &spelling.literal);
            likely.take_while(|literal| literal.starts_with(tail)).any(|literal| literal.len() > tail.len())
        };
        let longest = self.spellings.iter().map(|spelling| spelling.literal.len()).max().unwrap_or_default();
        (text.len().saturating_sub(longest)..text.len()).find(is_begun).unwrap_or(text.len())
    }
}

fn info(name: &str) -> RuleInfo {
    RuleInfo {
        id: RuleId::new(&format!("known-{name}")),
        title: format!("Known value {name}"),
        vendor: "known".into(),
        kind: Kind::KnownValue,
        severity: Severity::High,
        confidence: Confidence::High,
        help: "Replace it where it is valid: whoever has read this text may have it.".into(),
    }
}
