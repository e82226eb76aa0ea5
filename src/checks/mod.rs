//! Checks look at text and say where a secret stands.
//!
//! One pass of the prefilter finds every anchor; each anchor calls the rules ([`patterns`]) or the key = value check
//! ([`assignments`]) that named it. What is wrapped (base64, escapes, UTF-16) is unwrapped by [`decode`] and searched the same way.

mod assignments;
mod boundary;
mod decode;
mod dense;
mod filters;
mod judge;
mod keyblock;
mod keywords;
mod known;
mod leaks;
mod matcher;
mod mentions;
#[cfg(any(test, fuzzing))]
mod naive;
mod patterns;
mod prefilter;
mod proof;
mod recent;
mod redacted;
mod resolve;
mod shapes;
mod starts;
mod states;
mod stumps;
mod window;

#[cfg(any(test, fuzzing))]
pub(crate) use naive::{assert_anchors_are_found, assert_layers_lead_back};
pub(crate) use proof::sign;
pub(crate) use resolve::Resolved;
pub(crate) use window::{BLOCK, MARGIN, Window};

use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;

use assignments::Assignments;
use decode::Layers;
use known::Known;
use leaks::View;
use mentions::Mentions;
use patterns::Patterns;
use prefilter::{Anchor, AnchorHit, Prefilter};
use resolve::Standing;
use states::States;

use crate::model::{Confidence, Error, Result, RuleInfo, Target};
use crate::raw::{Hit, KnownValues, Leak, Text, Wrapping};
use crate::ruleset::RuleSet;

/// Everything that is looked for, ready to run.
pub(crate) struct Checks {
    prefilter: Prefilter,
    patterns: Patterns,
    assignments: Assignments,
    /// Anchors from this number on are the assignments'. Before them come the rules', and first the words of placeholders.
    first_assignment: u32,
    /// Length of each anchor.
    lengths: Vec<u32>,
    /// Mentions of targets, where there are any.
    mentions: Option<Mentions>,
    /// Known values, where there are any.
    known: Option<Known>,
    /// The plain way to the anchors, once it was gone.
    #[cfg(any(test, fuzzing))]
    automata: std::sync::OnceLock<naive::Automata>,
    /// What reports say of targets, and then of known values: they are numbered behind the rules.
    named: Vec<Arc<RuleInfo>>,
}

/// What one thread needs to search, reused from text to text.
#[derive(Default)]
pub(crate) struct Scratch {
    anchors: Vec<AnchorHit>,
    states: States,
    read: assignments::Read,
    layers: Vec<Layers>,
    mentioned: Vec<AnchorHit>,
    mentions: Vec<Hit>,
    /// Values of what is seen, kept where they are asked for.
    views: Option<Vec<View>>,
}

/// All anchors but those of targets and known values, in the order of their numbers.
fn anchors_of(patterns: &Patterns) -> impl Iterator<Item = Anchor<'_>> {
    redacted::anchors().chain(patterns.anchors()).chain(Assignments::anchors())
}

impl Checks {
    /// Makes a rule set ready.
    ///
    /// # Errors
    /// [`Error::Rule`] where a rule of the user's cannot work.
    pub(crate) fn new(rules: RuleSet) -> Result<Self> {
        let assignments = Assignments::new(&rules);
        let patterns = Patterns::new(rules, Assignments::reads_names_with)?;
        let anchors: Vec<_> = anchors_of(&patterns).collect();
        let first_assignment = (anchors.len() - Assignments::anchors().count()) as u32;
        let prefilter = Prefilter::new(&anchors);
        let lengths = anchors.iter().map(|anchor| anchor.literal.len() as u32).collect();
        Ok(Self {
            prefilter,
            patterns,
            assignments,
            first_assignment,
            lengths,
            mentions: None,
            known: None,
            #[cfg(any(test, fuzzing))]
            automata: std::sync::OnceLock::new(),
            named: Vec::new(),
        })
    }

    /// Looks for mentions of targets as well. `home` is the directory that `~` stands for.
    ///
    /// # Errors
    /// [`Error::Setting`] where a path is too short to be told from other text.
    pub(crate) fn with_targets(mut self, targets: &[Target], home: Option<&Path>) -> Result<Self> {
        if !targets.is_empty() {
            let mentions = Mentions::new(targets, home)?;
            self.named.extend(targets.iter().map(|target| Arc::new(target.info())));
            self.mentions = Some(mentions);
            self.prefilter = Prefilter::new(&self.anchors().collect::<Vec<_>>());
        }
        Ok(self)
    }

    /// Looks for known values as well. To be called after [`Self::with_targets`].
    pub(crate) fn with_known(mut self, values: &KnownValues) -> Self {
        if !values.is_empty() {
            let first = (self.rules().len() + self.named.len()) as u32;
            let known = Known::new(values, self.anchors().count() as u32, first);
            self.named.extend(known.infos());
            self.known = Some(known);
            self.prefilter = Prefilter::new(&self.anchors().collect::<Vec<_>>());
        }
        self
    }

    /// All anchors, in the order of their numbers: those of targets and then of known values come last.
    fn anchors(&self) -> impl Iterator<Item = Anchor<'_>> {
        let mentions = self.mentions.iter().flat_map(Mentions::anchors);
        let known = self.known.iter().flat_map(Known::anchors);
        anchors_of(&self.patterns).chain(mentions).chain(known)
    }

    /// The rules in force.
    pub(crate) fn rules(&self) -> &RuleSet {
        self.patterns.rules()
    }

    /// Whether a rule, a target or a known value of that name is looked for.
    pub(crate) fn looks_for(&self, name: &str) -> bool {
        self.rules().place(name).is_some() || self.named.iter().any(|info| info.id.as_str() == name)
    }

    /// Whether a rule's hits are regions of the text, not places in it.
    pub(crate) fn is_region(&self, rule: u32) -> bool {
        self.rules().rules().get(rule as usize).is_some_and(|rule| rule.check == "dense-region")
    }

    /// What may be known of one rule.
    pub(crate) fn info(&self, rule: u32) -> Arc<RuleInfo> {
        match (rule as usize).checked_sub(self.rules().len()) {
            Some(named) => Arc::clone(&self.named[named]),
            None => self.patterns.info(rule),
        }
    }

    /// Compiles every rule, to tell the errors that a search would meet late.
    pub(crate) fn compile_all(&self) -> impl Iterator<Item = Error> + '_ {
        self.patterns.compile_all()
    }

    /// Searches a block and all that is wrapped in it. Ranges are of `bytes`.
    pub(crate) fn search(&self, bytes: &[u8], scratch: &mut Scratch) -> Resolved {
        let mut resolved = resolve::resolve(self.hits(bytes, scratch), |rule| self.standing(rule));
        resolved.add_mentions(std::mem::take(&mut scratch.mentions));
        resolved
    }

    /// What the word of a rule weighs.
    fn standing(&self, rule: u32) -> Standing {
        match rule as usize {
            rule if rule >= self.rules().len() => Standing::Known,
            _ if self.assignments.is_generic(rule) => Standing::Generic,
            _ => Standing::Specific,
        }
    }

    /// How much of a text cannot be the beginning of a known value that goes on behind it.
    pub(crate) fn settled(&self, text: &[u8]) -> usize {
        self.known.as_ref().map_or(text.len(), |known| known.settled(text))
    }

    /// What is to be redacted of a block's own bytes: all that is seen, however doubtful, each place with the value that stands there.
    pub(crate) fn leaks(&self, window: &Window<'_>, scratch: &mut Scratch) -> Vec<Leak> {
        scratch.views = Some(Vec::new());
        let hits = self.search(window.bytes, scratch).hits;
        let views = leaks::without_surplus(scratch.views.take().unwrap_or_default());
        let mut leaks = Vec::new();
        for views in leaks::clusters(&views) {
            let mut span = views[0].span.start..views.iter().map(|view| view.span.end).max().unwrap_or_default();
            // A region reaches over the cuts: each block owns its part of it.
            if span.start < window.own_start && views.iter().any(|view| self.is_region(view.rule)) {
                span.start = window.own_start;
            }
            if !(window.own_start..window.own_end.min(span.end)).contains(&span.start) {
                continue;
            }
            let first = hits.partition_point(|hit| hit.secret.end <= span.start);
            let inside = hits[first..].iter().take_while(|hit| hit.secret.start < span.end);
            let speaks = inside.max_by_key(|hit| (hit.confidence, hit.secret.len(), Reverse(hit.secret.start)));
            let rule = speaks.map_or(views[0].rule, |hit| hit.rule);
            // The deepest view of it: what is the same inside has the same value, however it is wrapped.
            let of_rule = views.iter().filter(|view| view.rule == rule);
            let view = of_rule.max_by_key(|view| view.wrapping.depth()).unwrap_or(&views[0]);
            let rule = self.info(rule).id.clone();
            leaks.push(Leak { span, rule, value: view.value.clone(), wrapping: view.wrapping });
        }
        leaks
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
        self.patterns.begin(&mut scratch.states);
        scratch.read.begin();
        let mut anchors = std::mem::take(&mut scratch.anchors);
        anchors.clear();
        self.prefilter.find(text.bytes, &mut anchors);
        redacted::drop_anchors(text.bytes, &mut anchors);
        let known = self.known_values(text, &mut anchors, scratch.views.as_mut());
        if let Some(mentions) = &self.mentions {
            let first = self.lengths.len() as u32;
            scratch.mentioned.clear();
            scratch.mentioned.extend(
                anchors
                    .extract_if(.., |seen| seen.anchor >= first)
                    .map(|seen| AnchorHit { anchor: seen.anchor - first, ..seen }),
            );
            let before = scratch.mentions.len();
            mentions.search(text, self.rules().len() as u32, &scratch.mentioned, &mut scratch.mentions);
            if let Some(views) = &mut scratch.views {
                // A target has a name, and its mentions need no tags.
                views.extend(scratch.mentions[before..].iter().map(|hit| View::new(hit, hit.secret.clone(), b"")));
            }
        }
        let dense = dense::first_anchor(text.bytes.len(), &anchors, &self.lengths);
        if let Some(region) = dense.and_then(|start| self.patterns.dense_from(start, text)) {
            hits.push(region);
            anchors.clear();
        }
        for &seen in &anchors {
            self.at_anchor(seen, text, &mut scratch.states, &mut scratch.read, hits);
        }
        self.doubt_stumps(text, &anchors, &mut hits[first..]);
        scratch.anchors = anchors;
        hits.extend(self.patterns.dense_region(text, &scratch.states));
        self.lead_back(text, first, hits, scratch.views.as_mut());
        hits.extend(known);
        self.search_layers(text, scratch, hits);
    }

    /// Takes the anchors of known values out, and gives their hits in the stored text.
    fn known_values(
        &self,
        text: &Text<'_>,
        anchors: &mut Vec<AnchorHit>,
        mut views: Option<&mut Vec<View>>,
    ) -> Vec<Hit> {
        let Some(known) = &self.known else { return Vec::new() };
        let hits = known.take(text, anchors).map(|(hit, value)| {
            if let Some(views) = &mut views {
                views.push(View::new(&hit, hit.secret.clone(), value.expose()));
            }
            hit
        });
        hits.collect()
    }

    /// Doubts values that only their keys speak for where they are vendors' tokens but for their length.
    fn doubt_stumps(&self, text: &Text<'_>, anchors: &[AnchorHit], hits: &mut [Hit]) {
        const LONGEST: usize = 256;
        let is_sure = |hit: &Hit| hit.confidence > Confidence::Low && self.assignments.is_generic(hit.rule);
        for hit in hits.iter_mut().filter(|hit| is_sure(hit) && hit.secret.len() <= LONGEST) {
            let first = anchors.partition_point(|seen| (seen.at as usize) < hit.secret.start);
            let inside = anchors[first..]
                .iter()
                .take_while(|seen| (seen.at as usize) < hit.secret.end)
                .filter(|seen| (redacted::ANCHORS..self.first_assignment).contains(&seen.anchor))
                .map(|seen| seen.anchor - redacted::ANCHORS);
            if self.patterns.is_stump(hit, text.bytes, inside) {
                hit.confidence = Confidence::Low;
            }
        }
    }

    /// Turns the hits from `first` on, seen in `text`, into hits of the stored text. What is redacted already is none.
    fn lead_back(&self, text: &Text<'_>, first: usize, hits: &mut Vec<Hit>, mut views: Option<&mut Vec<View>>) {
        for hit in hits.split_off(first) {
            let parts = self.assignments.is_generic(hit.rule).then(|| leaks::parts(text.bytes, &hit.secret)).flatten();
            for secret in parts.unwrap_or_else(|| vec![hit.secret.clone()]) {
                if leaks::is_redacted(text.bytes, &secret) {
                    continue;
                }
                let value = &text.bytes[secret.clone()];
                let (matched, secret) = (text.to_stored(hit.matched.clone()), text.to_stored(secret));
                if let Some(views) = &mut views {
                    views.push(View::new(&hit, secret.clone(), value));
                }
                hits.push(Hit { matched, secret, ..hit.clone() });
            }
        }
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
        let Some(word) = seen.anchor.checked_sub(self.first_assignment) else {
            let anchor = seen.anchor - redacted::ANCHORS;
            return self.patterns.at_anchor(AnchorHit { anchor, ..seen }, text, states, hits);
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
