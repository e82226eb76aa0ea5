//! What rules remember of the text that a thread searches, so that nothing in it is looked at twice.

use super::keywords::Said;
use super::recent::Recent;
use super::shapes::RunMemo;
use super::starts::Starts;
use crate::ruleset::LONGEST_MATCH;

/// A regex may look at this many bytes for each byte of text before the text counts as too dense for it.
const REGEX_BUDGET: usize = 4;

/// What a rule remembers while one text is searched.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleState {
    /// The text this state belongs to; another text begins anew.
    text: u64,
    /// Up to here values behind keywords, or blocks, have been reported.
    pub(super) done: usize,
    /// Bytes that its regex has looked at.
    spent: usize,
    pub(super) memo: RunMemo,
}

/// States of all rules for one thread.
#[derive(Default)]
pub(super) struct States {
    /// Whose states these are.
    patterns: u64,
    text: u64,
    /// The rules that names say the keywords of.
    pub(super) names: Recent<Said>,
    pub(super) starts: Starts,
    rules: Vec<RuleState>,
    /// From here on the text was too dense for the regex of some rule.
    pub(super) dense_from: Option<usize>,
}

impl States {
    /// Begins another text; `patterns` is the number of those that search it, `rules` how many they have.
    pub(super) fn begin(&mut self, patterns: u64, rules: usize) {
        if self.patterns != patterns {
            (self.patterns, self.names) = (patterns, Recent::default());
        }
        self.text += 1;
        self.starts.clear();
        self.rules.resize_with(rules, RuleState::default);
        self.dense_from = None;
    }

    /// The state of one rule, and what all rules share.
    pub(super) fn of(&mut self, rule: u32) -> (&mut RuleState, &mut Starts, &mut Option<usize>) {
        let state = &mut self.rules[rule as usize];
        if state.text != self.text {
            *state = RuleState { text: self.text, ..RuleState::default() };
        }
        (state, &mut self.starts, &mut self.dense_from)
    }
}

impl RuleState {
    /// Whether its regex may look at so many more bytes of a text of `len`, or the text is too dense for it.
    pub(super) fn affords(&mut self, bytes: usize, len: usize) -> bool {
        self.spent += bytes;
        self.spent <= REGEX_BUDGET * len + 16 * LONGEST_MATCH
    }
}
