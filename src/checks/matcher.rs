//! How one rule is tried: as a shape or a regex around an anchor, or as a value behind a keyword.

use std::ops::Range;

use super::boundary::{is_free_after, is_free_before};
use super::proof;
use super::shapes::{self, Match, Placement};
use super::starts::Bytes;
use super::states::RuleState;
use crate::model::Result;
use crate::ruleset::{Program, Rule, Sequence, compile};

/// How a rule is tried.
pub(super) enum Matcher {
    /// Sequences around an anchor; `[word]` lists which sequence and where the anchor lies in it.
    Shape(Vec<Sequence>, Vec<Vec<(usize, Placement)>>),
    /// A regex around an anchor.
    Regex { regex: regex::bytes::Regex, longest: usize },
    /// A value behind a keyword, which begins with one of these bytes.
    Keyed(Program, Bytes),
}

impl Matcher {
    /// Compiles a rule.
    pub(super) fn new(rule: &Rule) -> Result<Self> {
        if !rule.proof.is_empty() && proof::find(&rule.proof).is_none() {
            return Err(rule.error(format!("there is no proof `{}`; {}", rule.proof, proof::names())));
        }
        if rule.pattern.is_empty() {
            let program = compile(&rule.value, false).and_then(|program| match program {
                // Where the value would start is known, so nothing is sought further on.
                Program::Regex { .. } => compile(&format!(r"\A(?:{})", rule.value), false),
                shape @ Program::Shape(_) => Ok(shape),
            });
            let program = program.map_err(|message| rule.error(message))?;
            let firsts = Bytes::of(|byte| match &program {
                Program::Shape(sequences) => sequences.iter().any(|sequence| sequence.may_start_with(byte)),
                Program::Regex { .. } => true,
            });
            return Ok(Self::Keyed(program, firsts));
        }
        match compile(&rule.pattern, rule.ignore_case).map_err(|message| rule.error(message))? {
            Program::Regex { regex, longest } => Ok(Self::Regex { regex, longest }),
            Program::Shape(sequences) => {
                let mut placements = Vec::with_capacity(rule.anchors.len());
                for anchor in rule.anchors.iter() {
                    let places: Vec<_> = sequences
                        .iter()
                        .enumerate()
                        .filter_map(|(index, sequence)| {
                            let (step, offset) = sequence.find(anchor.as_bytes())?;
                            Some((index, Placement { index: step, offset }))
                        })
                        .collect();
                    if places.is_empty() {
                        return Err(rule.error(format!("no match of the pattern can contain the anchor `{anchor}`")));
                    }
                    placements.push(places);
                }
                Ok(Self::Shape(sequences, placements))
            }
        }
    }

    /// The shapes that it runs as.
    pub(super) fn forms(&self) -> &[Sequence] {
        match self {
            Self::Shape(forms, _) | Self::Keyed(Program::Shape(forms), _) => forms,
            _ => &[],
        }
    }

    /// The shapes in which the rule's anchor of this number stands, and where in each.
    pub(super) fn places(&self, word: u32) -> impl Iterator<Item = (&Sequence, Placement)> {
        let (sequences, placements): (&[Sequence], &[_]) = match self {
            Self::Shape(sequences, placements) => (sequences, &placements[word as usize]),
            _ => (&[], &[]),
        };
        placements.iter().map(|&(index, place)| (&sequences[index], place))
    }

    /// What an anchor that only tokens have marks, where no whole token stands around it.
    pub(super) fn at_mark(
        &self,
        word: u32,
        anchor: &Range<usize>,
        text: &[u8],
        state: &mut RuleState,
    ) -> Option<Marked> {
        let glued = self
            .places(word)
            .find_map(|(sequence, place)| shapes::match_within(sequence, place, text, anchor.start, &mut state.memo));
        if let Some((found, end)) = glued {
            return Some(Marked::Glued(found, end));
        }
        // What stands in the last one is of it.
        if anchor.start < state.done {
            return None;
        }
        let body =
            self.places(word).find_map(|(sequence, place)| shapes::behind_mark(sequence, place, anchor, text))?;
        state.done = body.end;
        Some(Marked::Unknown(body))
    }
}

/// What a mark stands before.
pub(super) enum Marked {
    /// A token to which other letters are glued, and where these end.
    Glued(Match, usize),
    /// Something of another form.
    Unknown(Range<usize>),
}

/// What a regex looks at around an anchor.
pub(super) fn regex_window(anchor: &Range<usize>, longest: usize, text: &[u8]) -> Range<usize> {
    anchor.end.saturating_sub(longest)..text.len().min(anchor.start + longest)
}

/// The first match of `regex` that contains `anchor` and stands alone.
pub(super) fn match_regex(
    regex: &regex::bytes::Regex,
    longest: usize,
    text: &[u8],
    anchor: &Range<usize>,
) -> Option<Match> {
    let window = regex_window(anchor, longest, text);
    // One more byte at the end, so that the match does not end where only the window does.
    let seen = &text[..text.len().min(window.end + 1)];
    let mut from = window.start;
    while let Some(captures) = regex.captures_at(seen, from) {
        let whole = captures.get(0)?.range();
        if whole.start > anchor.start {
            return None;
        }
        let stands_alone = is_free_before(text, whole.start) && is_free_after(text, whole.end, None);
        if whole.end >= anchor.end && stands_alone {
            let secret = captures.name("secret").map_or_else(|| whole.clone(), |group| group.range());
            return Some(Match { whole, secret });
        }
        from = whole.start + 1;
    }
    None
}

/// The first value behind the keyword that ends at `behind`; `starts` are the places to try.
pub(super) fn match_behind(
    program: &Program,
    starts: impl Iterator<Item = usize>,
    text: &[u8],
    behind: usize,
    state: &mut RuleState,
) -> Option<Match> {
    for at in starts.filter(|&at| at >= state.done) {
        let found = match program {
            Program::Shape(sequences) => sequences
                .iter()
                .filter(|sequence| sequence.may_start_with(text[at]))
                .find_map(|sequence| shapes::match_from(sequence, text, at, &mut state.memo)),
            Program::Regex { regex, longest } => match_value(regex, &text[..text.len().min(at + longest + 1)], at),
        };
        // `acme_client_secret` holds no value of letters: it goes on.
        if let Some(found) = found.filter(|found| text.get(found.whole.end) != Some(&b'_')) {
            state.done = found.whole.end;
            return Some(Match { whole: behind.min(found.whole.start)..found.whole.end, secret: found.secret });
        }
    }
    None
}

fn match_value(regex: &regex::bytes::Regex, text: &[u8], at: usize) -> Option<Match> {
    let captures = regex.captures(&text[at..])?;
    let place = |group: regex::bytes::Match<'_>| at + group.start()..at + group.end();
    let whole = place(captures.get(0)?);
    let secret = captures.name("secret").map_or_else(|| whole.clone(), place);
    let stands_alone = is_free_before(text, at) && is_free_after(text, whole.end, None);
    stands_alone.then_some(Match { whole, secret })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::RuleSet;

    #[test]
    fn built_in_rules_run_as_tables() {
        let rules = RuleSet::builtin();
        let shapes = rules
            .rules()
            .iter()
            .filter(|rule| matches!(Matcher::new(rule), Ok(Matcher::Shape(..) | Matcher::Keyed(Program::Shape(_), _))));
        let (shapes, all) = (shapes.count(), rules.rules().iter().filter(|rule| rule.check.is_empty()).count());
        assert!(shapes * 20 >= all * 19, "only {shapes} of {all} rules are shapes; a regex costs ten times as much");
    }
}
