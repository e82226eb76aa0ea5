//! Mentions of Target Repositories: their paths and addresses, however they are spelled.
//!
//! Of every path, address and word one part is an anchor, found in one pass with the anchors of the rules. Around an anchor the other parts are
//! compared one by one, over separators of any spelling ([`spelling`]), and what stands before and behind says whether it is a whole
//! path. What is no absolute path is resolved against the directories that its record names ([`record`]).

mod extent;
mod pattern;
mod record;
mod spelling;

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use super::prefilter::{Anchor, AnchorHit};
use crate::model::{Confidence, Error, Proof, Result, Target};
use crate::raw::{Hit, Text};
use pattern::{Pattern, SHORTEST_ANCHOR, Spellings};
use record::{Places, Records};

/// Everything that gives the targets away, ready to be found.
pub(super) struct Mentions {
    anchors: Vec<(Vec<u8>, bool)>,
    /// For each anchor the patterns it belongs to, and how many bytes of it stand before the pattern's part.
    routes: Vec<(usize, Vec<(u32, usize)>)>,
    patterns: Vec<Pattern>,
    places: Places,
}

/// A place where a target is mentioned.
struct Mention {
    target: u32,
    range: Range<usize>,
    /// Where its own name begins in that: behind scheme and user of an address.
    name: usize,
}

impl Mentions {
    /// All that is to be found of these targets. `home` is the directory that `~` stands for.
    ///
    /// # Errors
    /// [`Error::Setting`] where a path is too short to be told from other text.
    pub(super) fn new(targets: &[Target], home: Option<&Path>) -> Result<Self> {
        let Spellings { patterns, places } = Spellings::of(targets, home);
        let mut anchors: Vec<(Vec<u8>, bool)> = Vec::new();
        let mut routes: Vec<(usize, Vec<(u32, usize)>)> = Vec::new();
        let mut numbers: HashMap<(Vec<u8>, bool), usize> = HashMap::new();
        for (number, pattern) in (0..).zip(&patterns) {
            for (literal, skip) in pattern.anchors() {
                if literal.len() < SHORTEST_ANCHOR {
                    let name = &targets[pattern.target as usize].name;
                    return Err(Error::Setting(format!(
                        "target `{name}`: a path or word is too short to be told from other text"
                    )));
                }
                let at = *numbers.entry((literal.clone(), pattern.any_case)).or_insert_with(|| {
                    anchors.push((literal.clone(), pattern.any_case));
                    routes.push((literal.len(), Vec::new()));
                    anchors.len() - 1
                });
                routes[at].1.push((number, skip));
            }
        }
        Ok(Self { anchors, routes, patterns, places })
    }

    /// The anchors, in the order of their numbers.
    pub(super) fn anchors(&self) -> impl Iterator<Item = Anchor<'_>> {
        self.anchors.iter().map(|(literal, any_case)| Anchor { literal, ignore_case: *any_case })
    }

    /// Appends what one text mentions, in which these anchors were seen. Targets are numbered from `first` on, as rules are.
    pub(super) fn search(&self, text: &Text<'_>, first: u32, anchors: &[AnchorHit], hits: &mut Vec<Hit>) {
        if anchors.is_empty() {
            return;
        }
        let bytes = text.bytes;
        let mut records = Records::new(bytes, &self.places);
        let mut found: Vec<Mention> = Vec::new();
        let mut done = 0;
        for seen in anchors {
            let (len, routes) = &self.routes[seen.anchor as usize];
            let at = seen.at as usize;
            if at < done {
                continue;
            }
            let places =
                routes.iter().filter_map(|&(pattern, skip)| self.patterns[pattern as usize].at(bytes, at + skip));
            // Of several names of one place the longest covers it whole.
            let whole = places.max_by_key(|mention| mention.range.len());
            let mention = whole.or_else(|| records.resolved(at, at + len));
            if let Some(mention) = mention.filter(|mention| mention.range.end > done) {
                done = mention.range.end;
                found.push(mention);
            }
        }
        records.add_relatives(&mut found);
        hits.extend(found.into_iter().map(|Mention { target, range, name }| Hit {
            rule: first + target,
            matched: text.to_stored(name..range.end),
            secret: text.to_stored(range),
            confidence: Confidence::High,
            proof: Proof::None,
            wrapping: text.wrapping,
            detail: None,
        }));
    }
}

#[cfg(test)]
mod tests;
