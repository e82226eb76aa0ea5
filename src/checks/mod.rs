//! Checks look at text and say where a secret stands.
//!
//! One pass of the prefilter finds every anchor; each anchor calls the rules ([`patterns`]) or the key = value check
//! ([`assignments`]) that named it. What is wrapped (base64, escapes, UTF-16) is unwrapped by [`decode`] and searched the same way.

mod assignments;
mod boundary;
mod decode;
mod dense;
mod filters;
mod keyblock;
mod keywords;
#[cfg(any(test, fuzzing))]
mod naive;
mod patterns;
mod prefilter;
mod proof;
mod recent;
mod resolve;
mod shapes;
mod window;

#[cfg(any(test, fuzzing))]
pub(crate) use naive::{Automata, assert_anchors_are_found, assert_layers_lead_back};
pub(crate) use proof::sign;
pub(crate) use resolve::Resolved;
pub(crate) use window::{BLOCK, MARGIN, Window};

use std::sync::Arc;

use assignments::Assignments;
use decode::Layers;
use patterns::{Patterns, States};
use prefilter::{AnchorHit, Prefilter};

use crate::model::{Error, Result, RuleInfo};
use crate::raw::{Hit, Text, Wrapping};
use crate::ruleset::RuleSet;

/// Everything that is looked for, ready to run.
pub(crate) struct Checks {
    prefilter: Prefilter,
    patterns: Patterns,
    assignments: Assignments,
    /// Anchors below this number are the rules'; the others are the assignments'.
    rule_anchors: u32,
    /// Length of each anchor.
    lengths: Vec<u32>,
}

/// What one thread needs to search, reused from text to text.
#[derive(Default)]
pub(crate) struct Scratch {
    anchors: Vec<AnchorHit>,
    states: States,
    read: assignments::Read,
    layers: Vec<Layers>,
}

impl Checks {
    /// Makes a rule set ready.
    ///
    /// # Errors
    /// [`Error::Rule`] where a rule of the user's cannot work.
    pub(crate) fn new(rules: RuleSet) -> Result<Self> {
        let assignments = Assignments::new(&rules);
        let patterns = Patterns::new(rules, Assignments::reads_names_with)?;
        let mut anchors: Vec<_> = patterns.anchors().collect();
        let rule_anchors = anchors.len() as u32;
        anchors.extend(Assignments::anchors());
        let prefilter = Prefilter::new(&anchors);
        let lengths = anchors.iter().map(|anchor| anchor.literal.len() as u32).collect();
        Ok(Self { prefilter, patterns, assignments, rule_anchors, lengths })
    }

    /// The rules in force.
    pub(crate) fn rules(&self) -> &RuleSet {
        self.patterns.rules()
    }

    /// Whether a rule's hits are regions of the text, not places in it.
    pub(crate) fn is_region(&self, rule: u32) -> bool {
        self.rules().rules()[rule as usize].check == "dense-region"
    }

    /// What may be known of one rule.
    pub(crate) fn info(&self, rule: u32) -> Arc<RuleInfo> {
        self.patterns.info(rule)
    }

    /// Compiles every rule, to tell the errors that a search would meet late.
    pub(crate) fn compile_all(&self) -> impl Iterator<Item = Error> + '_ {
        self.patterns.compile_all()
    }

    /// Searches a block and all that is wrapped in it. Ranges are of `bytes`.
    pub(crate) fn search(&self, bytes: &[u8], scratch: &mut Scratch) -> Resolved {
        resolve::resolve(self.hits(bytes, scratch), |rule| self.assignments.is_generic(rule))
    }

    /// All that any rule sees, before the rules' views of one place are settled.
    pub(crate) fn hits(&self, bytes: &[u8], scratch: &mut Scratch) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.search_text(&Text::plain(bytes), scratch, &mut hits);
        self.patterns.weigh_partners(&mut hits);
        hits
    }

    /// Searches one text and, one level deeper, the texts wrapped in it.
    fn search_text(&self, text: &Text<'_>, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let first = hits.len();
        scratch.states.begin(self.rules().len());
        scratch.read = assignments::Read::default();
        let mut anchors = std::mem::take(&mut scratch.anchors);
        anchors.clear();
        self.prefilter.find(text.bytes, &mut anchors);
        let dense = dense::first_anchor(text.bytes.len(), &anchors, &self.lengths);
        if let Some(region) = dense.and_then(|start| self.patterns.dense_from(start, text)) {
            hits.push(region);
            anchors.clear();
        }
        for &seen in &anchors {
            self.at_anchor(seen, text, &mut scratch.states, &mut scratch.read, hits);
        }
        scratch.anchors = anchors;
        hits.extend(self.patterns.dense_region(text, &scratch.states));
        for hit in &mut hits[first..] {
            hit.matched = text.to_stored(hit.matched.clone());
            hit.secret = text.to_stored(hit.secret.clone());
        }
        self.search_layers(text, scratch, hits);
    }

    /// Hands one anchor to who named it.
    fn at_anchor(
        &self,
        seen: AnchorHit,
        text: &Text<'_>,
        states: &mut States,
        read: &mut assignments::Read,
        hits: &mut Vec<Hit>,
    ) {
        let Some(word) = seen.anchor.checked_sub(self.rule_anchors) else {
            return self.patterns.at_anchor(seen, text, states, hits);
        };
        if let Some(name) = self.assignments.at_anchor(word, seen.at as usize, text, read, hits) {
            self.patterns.at_name(name, text, states, hits);
        }
    }

    fn search_layers(&self, text: &Text<'_>, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let depth = text.wrapping.depth();
        if depth == Wrapping::MAX {
            return;
        }
        if scratch.layers.len() == depth {
            scratch.layers.push(Layers::default());
        }
        let mut layers = std::mem::take(&mut scratch.layers[depth]);
        layers.decode(text.bytes);
        if depth == 0 {
            layers.decode_terminal(text.bytes);
        }
        for (encoding, layer) in layers.iter() {
            if let Some(wrapping) = text.wrapping.with(encoding) {
                self.search_text(&Text::decoded(layer.bytes(), layer.map(), text, wrapping), scratch, hits);
            }
        }
        scratch.layers[depth] = layers;
    }
}
