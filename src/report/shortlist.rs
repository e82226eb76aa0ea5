//! The gravest of many findings: what a report of limited length should hold, in memory of limited size.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Confidence, Finding, Severity};

/// Open before accepted, grave before light, sure before doubtful, and then as they came.
type Rank = (bool, Reverse<Severity>, Reverse<Confidence>, u64);

/// Keeps so many findings, and counts the rest.
pub(super) struct Shortlist {
    room: usize,
    seen: u64,
    kept: BTreeMap<Rank, Finding>,
}

impl Shortlist {
    pub(super) fn new(room: usize) -> Self {
        Self { room, seen: 0, kept: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, finding: &Finding) {
        let rank = (!finding.is_open(), Reverse(finding.rule().severity), Reverse(finding.confidence()), self.seen);
        self.seen += 1;
        if self.kept.len() == self.room {
            if self.kept.last_key_value().is_none_or(|(last, _)| *last < rank) {
                return;
            }
            self.kept.pop_last();
        }
        self.kept.insert(rank, finding.clone());
    }

    /// The findings that were kept, the gravest first.
    pub(super) fn by_rank(&self) -> impl Iterator<Item = &Finding> {
        self.kept.values()
    }

    /// The findings that were kept, as they came.
    pub(super) fn in_order(&self) -> Vec<&Finding> {
        let mut kept: Vec<_> = self.kept.iter().map(|(rank, finding)| (rank.3, finding)).collect();
        kept.sort_unstable_by_key(|(turn, _)| *turn);
        kept.into_iter().map(|(_, finding)| finding).collect()
    }

    /// How many there was no room for.
    pub(super) fn left_out(&self) -> u64 {
        self.seen - self.kept.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_gravest_are_kept_in_their_order() {
        let run = sample::ordinary();
        let lines = |room| {
            let mut list = Shortlist::new(room);
            run.findings.iter().for_each(|finding| list.add(finding));
            assert_eq!(list.left_out() as usize + list.in_order().len(), run.findings.len());
            let line = |finding: &Finding| finding.start().line;
            (list.in_order().into_iter().map(line).collect::<Vec<_>>(), list.by_rank().map(line).collect::<Vec<_>>())
        };
        // Lines of the sample: 12, 31 and 32 of the second file are critical, 32 is doubtful, 50 and 51 are accepted.
        assert_eq!(lines(0), (vec![], vec![]));
        assert_eq!(lines(2), (vec![12, 31], vec![12, 31]));
        assert_eq!(lines(4), (vec![3, 12, 31, 32], vec![12, 31, 32, 3]));
        assert_eq!(lines(9).0, run.findings.iter().map(|finding| finding.start().line).collect::<Vec<_>>());
    }
}
