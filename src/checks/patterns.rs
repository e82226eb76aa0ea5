//! The rule engine: from the places of anchors to hits.
//!
//! Each anchor leads to the rules that named it. A rule's pattern is compiled when its first anchor is seen, and tried only around
//! the anchor: what a rule says of a place depends on the bytes near that place alone, wherever a block begins or ends.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::judge::{judge, judge_behind, judge_within};
use super::keyblock;
use super::keywords::{self, Names};
use super::matcher::{Marked, Matcher, match_behind, match_regex, regex_window};
use super::prefilter::{Anchor, AnchorHit};
use super::shapes;
use super::states::States;
use super::stumps;
use crate::model::{Confidence, Error, Proof, Result, RuleInfo};
use crate::raw::{Hit, Text};
use crate::ruleset::{Rule, RuleSet, Sequence};

/// All rules, ready to be tried around their anchors.
pub(super) struct Patterns {
    /// No other rules of this process have it.
    number: u64,
    rules: RuleSet,
    matchers: Vec<OnceLock<Matcher>>,
    infos: Vec<OnceLock<Arc<RuleInfo>>>,
    /// For each anchor the rules that named it.
    routes: Vec<Vec<Route>>,
    anchors: Vec<(Vec<u8>, bool)>,
    /// Keywords that are looked up in the names of keys.
    names: Names,
    /// Vendors' own words, and the rules of the values behind them.
    vendors: Vec<(Box<str>, u32)>,
}

/// One rule to try at an anchor: `word` is the anchor's number among the rule's own, `len` its length.
#[derive(Clone, Copy, Debug)]
struct Route {
    rule: u32,
    word: u32,
    len: u32,
}

impl Patterns {
    /// Gathers the anchors of all rules; `reads_names_with` is [`keywords::is_named`]'s. Patterns of a user's rules are compiled now, so that
    /// their errors are told.
    pub(super) fn new(rules: RuleSet, reads_names_with: impl Fn(&str) -> bool) -> Result<Self> {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let mut patterns = Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            matchers: (0..rules.len()).map(|_| OnceLock::new()).collect(),
            infos: (0..rules.len()).map(|_| OnceLock::new()).collect(),
            routes: Vec::new(),
            anchors: Vec::new(),
            names: Names::new([]),
            vendors: Vec::new(),
            rules: RuleSet::empty(),
        };
        let (mut numbers, mut names) = (HashMap::new(), Vec::new());
        for (number, rule) in (0..).zip(rules.rules()) {
            for (word, anchor) in (0..).zip(rule.anchors.iter()) {
                patterns.lead(&mut numbers, (anchor, rule.ignore_case), number, word);
            }
            for keyword in rule.keywords.iter() {
                if let Some(vendor) = stumps::vendor(keyword, &rule.id) {
                    patterns.vendors.push((vendor.into(), number));
                }
                if keywords::is_named(keyword, &reads_names_with) {
                    names.push((&**keyword, number));
                } else {
                    for spelling in keywords::spellings(keyword) {
                        patterns.lead(&mut numbers, (&spelling, true), number, 0);
                    }
                }
            }
            if !rule.is_builtin() && rule.check.is_empty() {
                let matcher = Matcher::new(rule)?;
                let _ = patterns.matchers[number as usize].set(matcher);
            }
        }
        patterns.names = Names::new(names);
        patterns.rules = rules;
        Ok(patterns)
    }

    /// Makes an anchor lead to a rule.
    fn lead(
        &mut self,
        numbers: &mut HashMap<(String, bool), usize>,
        (literal, ignore_case): (&str, bool),
        rule: u32,
        word: u32,
    ) {
        let at = *numbers.entry((literal.to_owned(), ignore_case)).or_insert_with(|| {
            self.anchors.push((literal.as_bytes().to_vec(), ignore_case));
            self.routes.push(Vec::new());
            self.anchors.len() - 1
        });
        self.routes[at].push(Route { rule, word, len: literal.len() as u32 });
    }

    /// Makes states ready for another text that these rules are to search.
    pub(super) fn begin(&self, states: &mut States) {
        states.begin(self.number, self.rules.len());
    }

    /// The anchors, in the order of their numbers.
    pub(super) fn anchors(&self) -> impl Iterator<Item = Anchor<'_>> {
        self.anchors.iter().map(|(literal, ignore_case)| Anchor { literal, ignore_case: *ignore_case })
    }

    /// The rules it was made of.
    pub(super) fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// What may be known of one rule.
    pub(super) fn info(&self, rule: u32) -> Arc<RuleInfo> {
        Arc::clone(self.infos[rule as usize].get_or_init(|| Arc::new(self.rules.rules()[rule as usize].info())))
    }

    /// Tries the rules whose keyword is said in the name of a key that was read in `text`, or by the word before it.
    pub(super) fn at_name(&self, name: Range<usize>, text: &Text<'_>, states: &mut States, hits: &mut Vec<Hit>) {
        let name = keywords::with_owner(text.bytes, name);
        let said = states.names.about(&text.bytes[name.clone()], |name| self.names.said(name));
        let found = |rule| {
            let route = Route { rule, word: 0, len: name.len() as u32 };
            self.try_rule(route, name.start, text, states, hits);
        };
        match said.rules() {
            Some(rules) => rules.iter().copied().for_each(found),
            None => self.names.of(&text.bytes[name.clone()], found),
        }
    }

    /// Tries all rules of one anchor that was seen in `text`.
    pub(super) fn at_anchor(&self, seen: AnchorHit, text: &Text<'_>, states: &mut States, hits: &mut Vec<Hit>) {
        for &route in &self.routes[seen.anchor as usize] {
            self.try_rule(route, seen.at as usize, text, states, hits);
        }
    }

    fn try_rule(&self, route: Route, at: usize, text: &Text<'_>, states: &mut States, hits: &mut Vec<Hit>) {
        let rule = &self.rules.rules()[route.rule as usize];
        let Some(matcher) = self.matcher(route.rule) else { return };
        let end = at + route.len as usize;
        if let Matcher::Keyed(_, firsts) = matcher
            && !states.starts.begin_with(firsts, text.bytes, end, rule.within.into())
        {
            return;
        }
        let (state, starts, dense_from) = states.of(route.rule);
        let found = match matcher {
            Matcher::Shape(..) => matcher
                .places(route.word)
                .find_map(|(sequence, place)| shapes::match_around(sequence, place, text.bytes, at, &mut state.memo)),
            Matcher::Regex { longest, .. }
                if !state.affords(regex_window(&(at..end), *longest, text.bytes).len(), text.bytes.len()) =>
            {
                *dense_from = Some(dense_from.map_or(at, |from| from.min(at)));
                None
            }
            Matcher::Regex { regex, longest } => match_regex(regex, *longest, text.bytes, &(at..end)),
            Matcher::Keyed(program, _) => {
                let starts = starts.behind(text.bytes, end, rule.within.into());
                match_behind(program, starts, text.bytes, end, state)
            }
        };
        let found = match found {
            Some(head) if !rule.until.is_empty() => (head.whole.start >= state.done)
                .then(|| keyblock::extend(text.bytes, &head.whole, &rule.until))
                .flatten(),
            found => found,
        };
        if let Some(found) = found {
            if !rule.until.is_empty() {
                state.done = found.whole.end;
            }
            hits.extend(judge(route.rule, rule, found, text));
        } else if is_mark(rule, route) {
            match matcher.at_mark(route.word, &(at..end), text.bytes, state) {
                Some(Marked::Glued(found, end)) => hits.extend(judge_within(route.rule, rule, found, end, text)),
                Some(Marked::Unknown(body)) => hits.extend(judge_behind(route.rule, rule, at, body, text)),
                None => {}
            }
        }
    }

    /// What was too dense to be searched is a finding: never called clean, and redacted whole.
    pub(super) fn dense_region(&self, text: &Text<'_>, states: &States) -> Option<Hit> {
        self.dense_from(states.dense_from?, text)
    }

    /// The hit that says that a text is too dense from `start` on; `None` where that rule is switched off.
    pub(super) fn dense_from(&self, start: usize, text: &Text<'_>) -> Option<Hit> {
        let rule = self.rules.rules().iter().position(|rule| rule.check == "dense-region")?;
        let region = start..text.bytes.len();
        Some(Hit {
            rule: rule as u32,
            matched: region.clone(),
            secret: region,
            confidence: Confidence::Medium,
            proof: Proof::None,
            wrapping: text.wrapping,
            detail: None,
        })
    }

    /// Lowers hits whose rule names partners and has none nearby.
    pub(super) fn weigh_partners(&self, hits: &mut [Hit]) {
        let rules = self.rules.rules();
        let mut places: Vec<(usize, u32)> = hits.iter().map(|hit| (hit.matched.start, hit.rule)).collect();
        places.sort_unstable();
        let has_partners = |hit: &&mut Hit| rules.get(hit.rule as usize).is_some_and(|rule| !rule.partners.is_empty());
        for hit in hits.iter_mut().filter(has_partners) {
            let partners = &rules[hit.rule as usize].partners;
            let (from, to) = (hit.matched.start.saturating_sub(PARTNER_REACH), hit.matched.start + PARTNER_REACH);
            let near = places[places.partition_point(|(at, _)| *at < from)..].iter().take_while(|(at, _)| *at <= to);
            if !near
                .into_iter()
                .any(|(_, rule)| rules.get(*rule as usize).is_some_and(|rule| partners.contains(&rule.id)))
            {
                hit.confidence = Confidence::Low;
            }
        }
    }

    /// Whether a value that only the name of its key speaks for is a vendor's token but for its length: of a vendor that the name tells of, or of one
    /// whose mark (`anchors`) the value bears.
    pub(super) fn is_stump(&self, hit: &Hit, text: &[u8], anchors: impl Iterator<Item = u32>) -> bool {
        // A mark of four letters (`sk-`) may be anybody's.
        const LEAST: u32 = 5;
        let marked = anchors.flat_map(|anchor| &self.routes[anchor as usize]).filter(|route| route.len >= LEAST);
        let named = self.vendors.iter().filter(|(vendor, _)| stumps::is_token_of(vendor, text, hit.matched.start));
        let value = &text[hit.secret.clone()];
        let is_stump = |rule: u32| {
            let known = &self.rules.rules()[rule as usize];
            // What has a proof is not held to its length, too.
            known.proof.is_empty()
                && known.base_confidence() > Confidence::Low
                && self.forms(rule).iter().any(|form| stumps::is_stump(form, value))
        };
        let is_shorter = |rule: u32| self.forms(rule).iter().all(|form| value.len() < stumps::least_len(form));
        marked.map(|route| route.rule).any(is_stump)
            || (named.clone().any(|(_, rule)| is_stump(*rule)) && named.clone().all(|(_, rule)| is_shorter(*rule)))
    }

    /// The shapes of a rule, where it runs as such.
    fn forms(&self, rule: u32) -> &[Sequence] {
        self.matcher(rule).map(Matcher::forms).unwrap_or_default()
    }

    fn matcher(&self, rule: u32) -> Option<&Matcher> {
        let cell = &self.matchers[rule as usize];
        if cell.get().is_none() {
            // A built-in rule always compiles: `tests/rules.rs` compiles them all.
            let matcher = Matcher::new(&self.rules.rules()[rule as usize]).ok()?;
            let _ = cell.set(matcher);
        }
        cell.get()
    }

    /// Compiles every rule; the first error, if any.
    pub(super) fn compile_all(&self) -> impl Iterator<Item = Error> + '_ {
        self.rules.rules().iter().filter(|rule| rule.check.is_empty()).filter_map(|rule| Matcher::new(rule).err())
    }
}

/// Whether an anchor makes a token known even where other letters touch it. A keyword does not.
fn is_mark(rule: &Rule, route: Route) -> bool {
    const LEAST: usize = 4;
    let is_mark = |anchor: &str| anchor.len() >= LEAST && !anchor.bytes().all(|byte| byte.is_ascii_alphanumeric());
    rule.until.is_empty() && rule.anchors.get(route.word as usize).is_some_and(|anchor| is_mark(anchor))
}

/// Bytes between two partners at most.
const PARTNER_REACH: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{Checks, Scratch};

    /// A set of one rule, of the user's.
    fn set(fields: &str) -> RuleSet {
        let mut rules = RuleSet::builtin();
        rules.retain(|id| id == "dense-region");
        rules
            .add("my.toml", &format!("vendor = 'x'\n[[rule]]\nid = 'mine'\ntitle = 't'\n{fields}"))
            .expect("a rule file");
        rules
    }

    #[test]
    fn rules_of_unknown_proofs_are_refused_with_their_place() {
        // What can be said without running a rule is said when its file is read: `ruleset/sound.rs`.
        let rules = set("anchors = ['abc_']\npattern = 'abc_[0-9]{9}'\nproof = 'nope'");
        let error = Patterns::new(rules, |_| false).err().expect("it has no such proof").to_string();
        assert!(error.starts_with("my.toml:2: rule `mine`: there is no proof `nope`"), "{error}");
    }

    #[test]
    fn a_text_too_dense_for_a_regex_is_a_finding_not_a_pass() {
        let checks =
            Checks::new(set("anchors = ['abc_']\npattern = 'abc_[a-z_]{1,900}[a-z]{3}[0-9]'")).expect("it works");
        let hits = checks.hits("abc_".repeat(1 << 17).as_bytes(), &mut Scratch::default());
        let [hit] = hits.as_slice() else { panic!("{} hits", hits.len()) };
        assert_eq!(checks.info(hit.rule).id.as_str(), "dense-region");
        assert_eq!(hit.secret.end, 4 << 17);
    }

    #[test]
    fn values_stand_behind_their_keywords() {
        let checks = Checks::new(set("keywords = ['acme']\nvalue = '[0-9a-f]{8}'\nwithin = 20")).expect("it works");
        for (text, expected) in [
            ("acme_key = 12ab34ce", Some(11..19)),
            ("ACME: \"12ab34ce\"", Some(7..15)),
            ("acme\n12ab34ce", Some(5..13)),
            ("acme/12ab34ce", None),
            ("acme 12ab34ce5", None),
            ("acme 12ab34c", None),
            ("acme\n\n12ab34ce", None),
            ("acme is far too far away 12ab34ce", None),
            ("acme acme acme x=12ab34ce", Some(17..25)),
        ] {
            let hits = checks.hits(text.as_bytes(), &mut Scratch::default());
            let found: Vec<_> = hits.into_iter().map(|hit| hit.secret).collect();
            assert_eq!(found.first(), expected.as_ref(), "{text}");
            assert!(found.len() <= 1, "{text}: {found:?}");
        }
    }
}
