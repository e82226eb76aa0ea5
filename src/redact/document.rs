//! A file as a document of some format: what of it is edited, and the proof that nothing else is.

use std::io::Write as _;
use std::ops::Range;

use super::edit::{Cut, Edit};
use super::refusal::Refusal;
use super::{record, shape, splice};
use crate::formats::{self, Reading};
use crate::raw::Room;

/// A file of this name, read as far as its cuts reach.
pub(super) struct Document<'n> {
    name: &'n [u8],
    known: Known,
}

/// What is known of it.
enum Known {
    Nothing,
    /// Each of its lines is for itself: text, or JSON.
    Lines,
    All(Reading),
}

impl<'n> Document<'n> {
    pub(super) fn named(name: &'n [u8]) -> Self {
        Self { name, known: Known::Nothing }
    }

    /// The edits that these cuts are; with each call there are more of them, or they reach further.
    pub(super) fn edits(&mut self, bytes: &[u8], cuts: &[Cut]) -> Vec<Edit> {
        let places: Vec<Range<usize>> = cuts.iter().map(|cut| cut.span.clone()).collect();
        self.known = match std::mem::replace(&mut self.known, Known::Nothing) {
            Known::Nothing if formats::are_lines(self.name, bytes) => Known::Lines,
            Known::Nothing => match formats::read(self.name, bytes, &places) {
                reading if formats::is_of_lines(reading.format) => Known::Lines,
                reading => Known::All(reading),
            },
            Known::All(reading) if !reading.holds(&places) => {
                Known::All(Reading::of(reading.format, bytes, &places).unwrap_or(reading))
            }
            known => known,
        };
        match &self.known {
            Known::All(reading) => record::of_scalars(bytes, reading, cuts),
            _ => record::edits(bytes, cuts),
        }
    }

    /// Proves that the copy is what the original was: parsed anew, of the same structure, with the same keys.
    pub(super) fn prove(self, bytes: &[u8], edits: &[Edit]) -> Result<(), Refusal> {
        let Known::All(reading) = self.known else { return prove_lines(bytes, edits) };
        let mut copy = Room::new(splice::spliced_len(bytes, edits));
        let mut rest = &mut copy[..];
        let fits = splice::pieces(bytes, edits).try_for_each(|piece| rest.write_all(piece)).is_ok();
        let is_kept = fits && shape::is_kept(&reading, bytes, &copy);
        if is_kept { Ok(()) } else { Err(Refusal::Shape(reading.format.name())) }
    }
}

/// Proves that each line that was JSON still is, and of the same shape.
pub(super) fn prove_lines(bytes: &[u8], edits: &[Edit]) -> Result<(), Refusal> {
    if record::are_kept(bytes, edits) { Ok(()) } else { Err(Refusal::Shape("JSON lines")) }
}
