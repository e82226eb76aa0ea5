//! What is known of a text of a format: its scalars in some places, and the frame of all of them.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::format::{Format, NotThis, Scalar};

/// A text, as far as it is edited in some places. The rest is only counted off: all scalars of a document may take twenty times its memory.
pub(crate) struct Reading {
    /// The format that the text turned out to be.
    pub(crate) format: &'static dyn Format,
    /// The scalars that the places touch, in order.
    pub(crate) scalars: Vec<Scalar>,
    /// The numbers that these have among all scalars.
    numbers: Vec<usize>,
    frame: [u8; 32],
}

impl Reading {
    /// Reads a text as one of this format. The places are in order, and do not overlap.
    pub(crate) fn of(format: &'static dyn Format, text: &[u8], mut places: &[Range<usize>]) -> Result<Self, NotThis> {
        let is_touched = |_, scalar: &Scalar| {
            let passed = places.iter().take_while(|place| place.end <= scalar.range.start).count();
            places = &places[passed..];
            places.first().is_some_and(|place| place.start < scalar.range.end)
        };
        Self::picked(format, text, is_touched)
    }

    /// The same scalars of an edited copy: `None` where it is not of this format, or where anything but they was edited, as far as the
    /// frame tells: the role of each scalar, the length of each other, and how far they stand from each other.
    pub(crate) fn of_copy(&self, copy: &[u8]) -> Option<Self> {
        let mut numbers = self.numbers.iter().copied().peekable();
        let copy = Self::picked(self.format, copy, |number, _| numbers.next_if_eq(&number).is_some()).ok()?;
        (copy.frame == self.frame && copy.numbers == self.numbers).then_some(copy)
    }

    /// Whether all of these places lie in the scalars that are known already.
    pub(crate) fn holds(&self, places: &[Range<usize>]) -> bool {
        places.iter().all(|place| {
            let next = self.scalars.partition_point(|scalar| scalar.range.end < place.end);
            self.scalars.get(next).is_some_and(|scalar| scalar.range.start <= place.start)
        })
    }

    fn picked(
        format: &'static dyn Format,
        text: &[u8],
        mut is_picked: impl FnMut(usize, &Scalar) -> bool,
    ) -> Result<Self, NotThis> {
        let (mut scalars, mut numbers) = (Vec::new(), Vec::new());
        let mut frame = Frame::default();
        let mut number = 0;
        format.visit(text, &mut |scalar| {
            let is_picked = is_picked(number, &scalar);
            frame.add(&scalar, is_picked);
            if is_picked {
                scalars.push(scalar);
                numbers.push(number);
            }
            number += 1;
        })?;
        Ok(Self { format, scalars, numbers, frame: frame.close() })
    }
}

/// How scalars stand in a text.
#[derive(Default)]
struct Frame {
    /// The end of the last one.
    end: usize,
    /// What is not in the digest yet.
    seen: Vec<u8>,
    digest: Sha256,
}

impl Frame {
    /// A scalar, which has another length in a copy if it is edited.
    fn add(&mut self, scalar: &Scalar, is_edited: bool) {
        let len = if is_edited { usize::MAX } else { scalar.range.len() };
        for number in [scalar.range.start - self.end, len] {
            self.seen.extend(number.to_le_bytes());
        }
        self.seen.push(scalar.role as u8);
        self.end = scalar.range.end;
        if self.seen.len() >= 4096 {
            self.digest.update(&self.seen);
            self.seen.clear();
        }
    }

    fn close(mut self) -> [u8; 32] {
        self.digest.update(&self.seen);
        self.digest.finalize().into()
    }
}
