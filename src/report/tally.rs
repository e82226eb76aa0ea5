//! Open findings counted by rule and by folder.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Finding, RuleId, RuleInfo};

/// Folders that are told apart. In a tree with more, those that come later are counted together.
const FOLDERS: usize = 1_000;

/// How many open findings each rule has made, and each folder holds.
#[derive(Default)]
pub(super) struct Tally {
    rules: BTreeMap<RuleId, (RuleInfo, u64)>,
    folders: BTreeMap<Vec<u8>, u64>,
    elsewhere: u64,
}

impl Tally {
    pub(super) fn add(&mut self, finding: &Finding) {
        if !finding.is_open() {
            return;
        }
        let rule = finding.rule();
        self.rules.entry(rule.id.clone()).or_insert_with(|| (rule.clone(), 0)).1 += 1;
        let path = finding.origin().path().as_bytes();
        let folder = &path[..path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1)];
        if let Some(number) = self.folders.get_mut(folder) {
            *number += 1;
        } else if self.folders.len() < FOLDERS {
            self.folders.insert(folder.to_vec(), 1);
        } else {
            self.elsewhere += 1;
        }
    }

    /// The rules with the most severe first, and of one severity those that found the most.
    pub(super) fn rules(&self) -> Vec<(&RuleInfo, u64)> {
        let mut rules: Vec<_> = self.rules.values().map(|(rule, number)| (rule, *number)).collect();
        rules.sort_by_key(|(rule, number)| Reverse((rule.severity, *number)));
        rules
    }

    /// The folders that hold the most, with their `/`, and the number of findings in all others.
    pub(super) fn folders(&self, most: usize) -> (Vec<(&[u8], u64)>, u64) {
        let mut folders: Vec<_> = self.folders.iter().map(|(path, number)| (path.as_slice(), *number)).collect();
        folders.sort_by_key(|(_, number)| Reverse(*number));
        let others = folders.iter().skip(most).map(|(_, number)| number).sum::<u64>();
        folders.truncate(most);
        (folders, others + self.elsewhere)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn open_findings_are_counted_once() {
        let run = sample::ordinary();
        let mut tally = Tally::default();
        run.findings.iter().for_each(|finding| tally.add(finding));
        let rules: Vec<_> = tally.rules().into_iter().map(|(rule, number)| (rule.id.to_string(), number)).collect();
        let counts = [("github-pat-classic", 3), ("aws-access-key", 1), ("private-key", 1), ("assigned-secret", 1)];
        assert_eq!(rules, counts.map(|(rule, number)| (rule.to_owned(), number)));
        assert_eq!(tally.folders(2), (vec![(&b"deploy/"[..], 3), (b"logs/", 3)], 0));
        assert_eq!(tally.folders(1), (vec![(&b"deploy/"[..], 3)], 3));
    }
}
