//! The plain way to the same hits, for tests and fuzz targets: anchors by `aho-corasick`, nothing kept from text to text.

use aho_corasick::AhoCorasick;

use super::assignments::Read;
use super::decode::Layers;
use super::prefilter::{Anchor, AnchorHit, Prefilter};
use super::resolve::{Resolved, resolve};
use super::states::States;
use super::{Checks, redacted};
use crate::model::Placeholder;
use crate::raw::{Hit, Text};

/// Two automata: one for the anchors in their case, one for those in any.
pub(super) struct Automata {
    by_case: [(AhoCorasick, Vec<u32>); 2],
    /// Of each anchor that is a run, of which only the start counts, whether it ignores case.
    runs: Vec<Option<bool>>,
}

impl Automata {
    fn new(anchors: &[Anchor<'_>]) -> Self {
        let by_case = [false, true].map(|ignore_case| {
            let of_case = (0..).zip(anchors).filter(|(_, anchor)| anchor.ignore_case == ignore_case);
            let (numbers, literals): (Vec<u32>, Vec<&[u8]>) =
                of_case.map(|(number, anchor)| (number, anchor.literal)).unzip();
            let automaton = AhoCorasick::builder().ascii_case_insensitive(ignore_case).build(literals);
            (automaton.expect("anchors make an automaton"), numbers)
        });
        Self { by_case, runs: anchors.iter().map(|anchor| anchor.is_run().then_some(anchor.ignore_case)).collect() }
    }

    /// Every occurrence of every anchor, by position and then by number.
    fn find(&self, haystack: &[u8]) -> Vec<AnchorHit> {
        let occurrences = self.by_case.iter().flat_map(|(automaton, numbers)| {
            automaton
                .find_overlapping_iter(haystack)
                .map(|found| AnchorHit { at: found.start() as u32, anchor: numbers[found.pattern().as_usize()] })
        });
        let mut hits: Vec<AnchorHit> = occurrences.collect();
        hits.sort_unstable();
        let goes_on = |at: usize, ignore_case: bool| {
            let pair = at.checked_sub(1).map(|before| (haystack[before], haystack[at]));
            pair.is_some_and(|(before, first)| before == first || ignore_case && before.eq_ignore_ascii_case(&first))
        };
        hits.retain(|seen| {
            !self.runs[seen.anchor as usize].is_some_and(|any_case| goes_on(seen.at as usize, any_case))
        });
        hits
    }
}

impl Checks {
    /// What [`Self::search`] must say.
    pub(crate) fn search_naively(&self, bytes: &[u8]) -> Resolved {
        let automata = self.automata.get_or_init(|| Automata::new(&self.anchors().collect::<Vec<_>>()));
        let mut hits = Vec::new();
        self.search_text_naively(&Text::plain(bytes), automata, &mut hits);
        self.patterns.weigh_partners(&mut hits);
        resolve(hits, |rule| self.standing(rule))
    }

    fn search_text_naively(&self, text: &Text<'_>, automata: &Automata, hits: &mut Vec<Hit>) {
        let first = hits.len();
        let mut states = States::default();
        self.patterns.begin(&mut states);
        let mut read = Read::default();
        let is_redacted = |seen: &AnchorHit| Placeholder::around(text.bytes, seen.at as usize).is_some();
        let mut anchors = automata.find(text.bytes);
        anchors.retain(|seen| seen.anchor >= redacted::ANCHORS && !is_redacted(seen));
        let known = self.known_values(text, &mut anchors, None);
        for &seen in &anchors {
            self.at_anchor(seen, text, &mut states, &mut read, hits);
        }
        self.doubt_stumps(text, &anchors, &mut hits[first..]);
        hits.extend(self.patterns.dense_region(text, &states));
        self.lead_back(text, first, hits, None);
        hits.extend(known);
        let mut layers = Layers::default();
        layers.decode(text.bytes);
        if text.wrapping.depth() == 0 {
            layers.decode_terminal(text.bytes);
        }
        for (encoding, layer) in layers.iter() {
            if let Some(wrapping) = text.wrapping.with(encoding) {
                self.search_text_naively(&Text::decoded(layer.bytes(), layer.map(), text, wrapping), automata, hits);
            }
        }
    }
}

/// Holds the prefilter to the automata, for any anchors in any text.
pub(crate) fn assert_anchors_are_found(literals: &[(&[u8], bool)], haystack: &[u8]) {
    let anchors: Vec<_> = literals.iter().map(|&(literal, ignore_case)| Anchor { literal, ignore_case }).collect();
    let mut hits = Vec::new();
    Prefilter::new(&anchors).find(haystack, &mut hits);
    assert_eq!(hits, Automata::new(&anchors).find(haystack));
}

/// Decodes all layers, and holds every way back to lie inside the text and to run forward.
pub(crate) fn assert_layers_lead_back(bytes: &[u8]) {
    let mut layers = Layers::default();
    layers.decode(bytes);
    layers.decode_terminal(bytes);
    for (_, layer) in layers.iter() {
        let (decoded, map) = (layer.bytes().len(), layer.map());
        assert_eq!(map.decoded_len(), decoded, "every byte is accounted for");
        let mut before = 0;
        for at in 0..decoded {
            let stored = map.to_stored(&(at..at + 1));
            assert!(before <= stored.start && stored.start <= stored.end && stored.end <= bytes.len(), "{stored:?}");
            before = stored.start;
        }
    }
}
