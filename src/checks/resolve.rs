//! One finding a secret: where several rules saw the same bytes, the one that knows most speaks.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::Proof;
use crate::raw::Hit;

/// The hits that speak, in order of their secrets, and the ranges that no excerpt may show (those of all hits, merged).
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) hits: Vec<Hit>,
    pub(crate) masked: Vec<Range<usize>>,
}

/// What a rule knows of the secrets that it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// The name of the key.
    Generic,
    /// The shape of the value.
    Specific,
    /// The value.
    Known,
}

/// Chooses among overlapping hits.
pub(crate) fn resolve(mut hits: Vec<Hit>, standing: impl Fn(u32) -> Standing) -> Resolved {
    hits.sort_by_key(|hit| (hit.secret.start, Reverse(hit.secret.end), hit.rule, hit.wrapping.depth()));
    let mut resolved = Resolved::default();
    let mut cluster: Vec<Hit> = Vec::new();
    let mut cluster_end = 0;
    for hit in hits {
        if hit.secret.start >= cluster_end {
            flush(&mut cluster, &mut resolved, &standing);
        }
        cluster_end = cluster_end.max(hit.secret.end);
        cluster.push(hit);
    }
    flush(&mut cluster, &mut resolved, &standing);
    resolved
}

impl Resolved {
    /// Adds mentions of targets. They yield to secrets that stand inside them, as in `https://user:token@host/path`: what is left on both
    /// sides is reported, so that all of the target's path is covered.
    pub(crate) fn add_mentions(&mut self, mut mentions: Vec<Hit>) {
        if mentions.is_empty() {
            return;
        }
        // Of those that overlap the widest speaks, as it is stored: layers see one place more than once.
        mentions.sort_by_key(|hit| (hit.secret.start, Reverse(hit.secret.end), hit.wrapping.depth()));
        let secrets = self.hits.len();
        let mut end = 0;
        for mention in mentions {
            let mut start = mention.secret.start.max(end);
            if start >= mention.secret.end {
                continue;
            }
            end = mention.secret.end;
            self.masked.push(start..end);
            let first = self.hits[..secrets].partition_point(|hit| hit.secret.end <= start);
            let past = first + self.hits[first..secrets].partition_point(|hit| hit.secret.start < end);
            for at in first..=past {
                let next = if at < past { self.hits[at].secret.clone() } else { end..end };
                // What stands before the target's own name gives nothing away by itself.
                if next.start > start.max(mention.matched.start) {
                    self.hits.push(Hit { secret: start..next.start, ..mention.clone() });
                }
                start = start.max(next.end);
            }
        }
        self.hits.sort_by_key(|hit| hit.secret.start);
        self.masked.sort_by_key(|range| (range.start, range.end));
        self.masked.dedup_by(|next, range| {
            let touches = next.start < range.end;
            if touches {
                range.end = range.end.max(next.end);
            }
            touches
        });
    }
}

/// Settles one group of hits that overlap each other in a chain: winners are taken best first, losers overlap a winner.
fn flush(cluster: &mut Vec<Hit>, resolved: &mut Resolved, standing: &impl Fn(u32) -> Standing) {
    let (Some(start), Some(end)) =
        (cluster.first().map(|hit| hit.secret.start), cluster.iter().map(|hit| hit.secret.end).max())
    else {
        return;
    };
    resolved.masked.push(start..end);
    // Stable: equals stay in the order of rules.
    cluster.sort_by_key(|hit| Reverse(weight(hit, standing(hit.rule))));
    let mut winners: BTreeMap<usize, Hit> = BTreeMap::new();
    for hit in cluster.drain(..) {
        // Winners do not overlap each other: only the last one that begins before this hit's end can overlap it.
        let rival = winners.range_mut(..hit.secret.end).next_back().map(|(_, won)| won);
        match rival.filter(|won| won.secret.end > hit.secret.start) {
            None => drop(winners.insert(hit.secret.start, hit)),
            // A name that tells of a secret makes a shape more credible, unless the shape is disproved.
            Some(won) if won.proof != Proof::Failed => won.confidence = won.confidence.max(hit.confidence),
            Some(_) => {}
        }
    }
    resolved.hits.extend(winners.into_values());
}

/// What a hit's word weighs against another's over the same bytes: whoever knows the value knows it best. A failed proof outweighs a mere
/// key name: it knows that the value is invented.
fn weight(hit: &Hit, standing: Standing) -> impl Ord + use<> {
    let proven = matches!(hit.proof, Proof::Checksum | Proof::Structure);
    (standing == Standing::Known, proven, standing, hit.confidence, hit.secret.len(), Reverse(hit.wrapping.depth()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Confidence::{self, High, Low, Medium};
    use crate::raw::Wrapping;

    fn hit(rule: u32, secret: Range<usize>, confidence: Confidence, proof: Proof) -> Hit {
        Hit { rule, matched: secret.clone(), secret, confidence, proof, wrapping: Wrapping::default(), detail: None }
    }

    /// Rule 0 is generic, rule 9 a known value.
    fn standing(rule: u32) -> Standing {
        match rule {
            0 => Standing::Generic,
            9 => Standing::Known,
            _ => Standing::Specific,
        }
    }

    fn winners(hits: Vec<Hit>) -> Vec<(u32, Range<usize>, Confidence)> {
        resolve(hits, standing).hits.into_iter().map(|hit| (hit.rule, hit.secret, hit.confidence)).collect()
    }

    #[test]
    fn the_more_specific_speaks() {
        let got = winners(vec![
            hit(0, 5..50, Medium, Proof::None),
            hit(3, 10..50, Low, Proof::None),
            hit(4, 10..50, High, Proof::Checksum),
        ]);
        assert_eq!(got, [(4, 10..50, High)]);
        let got = winners(vec![hit(4, 10..50, High, Proof::Checksum), hit(9, 12..40, High, Proof::None)]);
        assert_eq!(got, [(9, 12..40, High)]);
    }

    #[test]
    fn a_key_name_lifts_a_shape_but_not_a_disproved_one() {
        assert_eq!(
            winners(vec![hit(0, 0..9, Medium, Proof::None), hit(3, 0..9, Low, Proof::None)]),
            [(3, 0..9, Medium)]
        );
        assert_eq!(
            winners(vec![hit(0, 0..9, Medium, Proof::None), hit(3, 0..9, Low, Proof::Failed)]),
            [(3, 0..9, Low)]
        );
    }

    #[test]
    fn neighbours_both_speak_and_the_union_is_masked() {
        let resolved = resolve(
            vec![hit(1, 0..10, High, Proof::None), hit(2, 10..20, High, Proof::None), hit(0, 5..12, Low, Proof::None)],
            standing,
        );
        assert_eq!(resolved.hits.len(), 2);
        let union = 0..20;
        assert_eq!(resolved.masked, [union]);
    }
}
