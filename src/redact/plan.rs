//! From leaks to edits: which bytes go, and what takes their place, until nothing is found any more.

use std::ops::Range;

use super::document::Document;
use super::edit::{Cut, Edit};
use super::refusal::Refusal;
use super::splice::{self, Spliced};
use super::{place, record};
use crate::model::{Encoding, Placeholder};
use crate::raw::{Key, Leak};

/// Finds what is to be redacted.
pub(crate) trait Find: Sync {
    /// What is found that begins in the `own` ones of some bytes. Bytes and own ones begin a text, or a multiple of 64 bytes behind its
    /// beginning. `None` where the search failed.
    fn leaks(&self, bytes: &[u8], own: Range<usize>) -> Option<Vec<Leak>>;

    /// What is found at a place depends on no byte further away. A multiple of 64.
    fn reach(&self) -> usize;

    /// How much of the text cannot be the beginning of a known value that goes on behind it.
    fn settled(&self, text: &[u8]) -> usize;
}

/// How secrets are found, and under which key they are tagged.
#[derive(Clone, Copy)]
pub(crate) struct Plan<'p> {
    /// Finds them.
    pub(crate) find: &'p dyn Find,
    /// For the tags.
    pub(crate) key: &'p Key,
}

/// How a text is read.
pub(super) enum Read<'r, 'n> {
    /// As lines: some may be JSON, all else is text.
    Lines,
    /// As a document of a format, or as lines: its name and itself tell.
    Document(&'r mut Document<'n>),
    /// As something that keeps its length.
    Fixed,
}

/// Placeholders change what stands beside them; after so many rounds of looking again a text that still gives something is refused.
pub(crate) const ROUNDS: usize = 5;

/// In so many rounds a value goes alone; what then still gives something goes with all of its line.
const PATIENCE: usize = 2;

impl Plan<'_> {
    /// What is to be redacted in the text.
    pub(crate) fn leaks(&self, bytes: &[u8]) -> Result<Vec<Leak>, Refusal> {
        self.leaks_in(bytes, 0..bytes.len())
    }

    /// The same of those that begin in `own`, which begins at a multiple of 64.
    pub(crate) fn leaks_in(&self, bytes: &[u8], own: Range<usize>) -> Result<Vec<Leak>, Refusal> {
        self.find.leaks(bytes, own).ok_or(Refusal::Internal)
    }

    /// The edits after which nothing is found in the text; `leaks` is what is found in it now.
    ///
    /// After the first round only what is in reach of an edit is searched again: of all else, the first search has told.
    pub(super) fn edits(
        &self,
        bytes: &[u8],
        mut leaks: Vec<Leak>,
        mut read: Read<'_, '_>,
    ) -> Result<Vec<Edit>, Refusal> {
        let mut cuts: Vec<Cut> = Vec::new();
        let mut edits: Vec<Edit> = Vec::new();
        for round in 0..ROUNDS {
            if leaks.is_empty() {
                return Ok(edits);
            }
            let places = splice::places(&edits);
            let found = leaks.into_iter().map(|leak| {
                let span = splice::original(&edits, &places, &leak.span);
                self.cut(bytes, if round < PATIENCE { span } else { line_around(bytes, &span) }, &leak)
            });
            cuts = merged(cuts, found);
            edits = match &mut read {
                Read::Lines => record::edits(bytes, &cuts),
                Read::Document(document) => document.edits(bytes, &cuts),
                Read::Fixed => cuts.iter().map(|cut| fitted(bytes, cut)).collect(),
            };
            // Around no edit nobody looks again.
            if !cuts.iter().all(|cut| is_edited(&cut.span, &edits)) {
                return Err(Refusal::Structure);
            }
            leaks = self.look_again(bytes, &edits)?;
        }
        Err(Refusal::Persistent)
    }

    fn cut(&self, bytes: &[u8], span: Range<usize>, leak: &Leak) -> Cut {
        let is_wide = leak.wrapping.iter().next() == Some(Encoding::Utf16);
        let span = if is_wide { span } else { place::with_escapes(bytes, span) };
        let placeholder = Placeholder { rule: leak.rule.clone(), tag: self.key.tag(leak.value.expose()) };
        Cut { span, placeholder, wrapping: leak.wrapping }
    }

    /// What is found in the edited text, in reach of its edits.
    fn look_again(&self, bytes: &[u8], edits: &[Edit]) -> Result<Vec<Leak>, Refusal> {
        let copy = Spliced::new(bytes, edits);
        let near = |place: &Range<usize>| {
            place.start.saturating_sub(self.find.reach())..(place.end + self.find.reach()).min(copy.len())
        };
        let mut regions: Vec<Range<usize>> = Vec::new();
        for place in copy.places.iter().map(near) {
            match regions.last_mut().filter(|last| last.end >= place.start) {
                Some(last) => last.end = place.end,
                None => regions.push(place),
            }
        }
        let mut leaks = Vec::new();
        for region in regions {
            leaks.extend(self.leaks_of(&copy, region)?);
        }
        Ok(leaks)
    }

    /// What is found in a region of the edited text, of which only a piece is made at a time.
    pub(super) fn leaks_of(&self, copy: &Spliced<'_>, region: Range<usize>) -> Result<Vec<Leak>, Refusal> {
        const PIECE: usize = 1 << 20;
        let mut leaks = Vec::new();
        // Cuts at multiples of 64 change nothing.
        for start in (region.start / 64 * 64..region.end).step_by(PIECE) {
            let end = region.end.min(start + PIECE);
            let base = start.saturating_sub(self.find.reach());
            let piece = copy.part(base..(end + self.find.reach()).min(copy.len()));
            let moved = self.leaks_in(&piece, start - base..end - base)?.into_iter().map(|mut leak| {
                leak.span = leak.span.start + base..leak.span.end + base;
                leak
            });
            leaks.extend(moved.filter(|leak| region.contains(&leak.span.start)));
        }
        Ok(leaks)
    }
}

/// Whether any of the edits is one of this span, or of a part of it.
fn is_edited(span: &Range<usize>, edits: &[Edit]) -> bool {
    let next = edits.partition_point(|edit| edit.span.end <= span.start);
    edits.get(next).is_some_and(|edit| edit.span.start < span.end)
}

/// The span with the rest of its line, as far as nobody needs to read on for it.
fn line_around(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    const REST: usize = 4 << 10;
    let (before, after) = (&bytes[..span.start], &bytes[span.end..]);
    let before = &before[before.len().saturating_sub(REST)..];
    let after = &after[..after.len().min(REST)];
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let ahead = before.len() - before.iter().rposition(is_end).map_or(0, |at| at + 1);
    span.start - ahead..span.end + after.iter().position(is_end).unwrap_or(after.len())
}

/// All cuts, those that touch as one; the earlier found gives the placeholder.
fn merged(known: Vec<Cut>, found: impl Iterator<Item = Cut>) -> Vec<Cut> {
    let mut cuts: Vec<(usize, Cut)> = (0..).zip(known.into_iter().chain(found)).collect();
    cuts.sort_by_key(|(age, cut)| (cut.span.start, *age));
    cuts.dedup_by(|next, last| {
        let touches = last.1.span.end > next.1.span.start;
        if touches {
            let span = last.1.span.start..last.1.span.end.max(next.1.span.end);
            if next.0 < last.0 {
                std::mem::swap(next, last);
            }
            last.1.span = span;
        }
        touches
    });
    cuts.into_iter().map(|(_, cut)| cut).collect()
}

/// A placeholder as long as what it stands for: what is no text may count its bytes.
fn fitted(bytes: &[u8], cut: &Cut) -> Edit {
    let mut text = splice::in_width_of(&bytes[cut.span.clone()], cut.wrapping, cut.placeholder.to_string().as_bytes());
    let fits = text.len() <= cut.span.len();
    if !fits {
        text.clear();
    }
    text.resize(cut.span.len(), b'*');
    Edit { span: cut.span.clone(), text, placeholders: if fits { vec![cut.placeholder.clone()] } else { Vec::new() } }
}
