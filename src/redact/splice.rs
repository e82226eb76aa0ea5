//! From edits to bytes, in the encoding of the original.

use std::ops::Range;

use super::edit::Edit;
use crate::model::Encoding;
use crate::raw::Wrapping;

/// The text with its edits, which are in order and do not overlap.
pub(crate) fn spliced(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut copy = Vec::with_capacity(spliced_len(bytes, edits));
    pieces(bytes, edits).for_each(|piece| copy.extend_from_slice(piece));
    copy
}

/// The length of the text with its edits.
pub(super) fn spliced_len(bytes: &[u8], edits: &[Edit]) -> usize {
    pieces(bytes, edits).map(<[u8]>::len).sum()
}

/// The text with its edits, piece by piece.
pub(super) fn pieces<'p>(bytes: &'p [u8], edits: &'p [Edit]) -> impl Iterator<Item = &'p [u8]> {
    let ends = std::iter::once(0).chain(edits.iter().map(|edit| edit.span.end));
    let starts = edits.iter().map(|edit| edit.span.start).chain([bytes.len()]);
    let texts = edits.iter().map(|edit| edit.text.as_slice()).chain([&[][..]]);
    ends.zip(starts).zip(texts).flat_map(|((end, start), text)| [&bytes[end..start], text])
}

/// A text with its edits, to be seen in parts.
pub(super) struct Spliced<'s> {
    bytes: &'s [u8],
    edits: &'s [Edit],
    /// Where each edit stands in the edited text.
    pub(super) places: Vec<Range<usize>>,
}

impl<'s> Spliced<'s> {
    pub(super) fn new(bytes: &'s [u8], edits: &'s [Edit]) -> Self {
        Self { bytes, edits, places: places(edits) }
    }

    pub(super) fn len(&self) -> usize {
        let behind = |(place, edit): (&Range<usize>, &Edit)| place.end + self.bytes.len() - edit.span.end;
        self.places.last().zip(self.edits.last()).map_or(self.bytes.len(), behind)
    }

    /// A part of the edited text.
    pub(super) fn part(&self, range: Range<usize>) -> Vec<u8> {
        let first = self.places.partition_point(|place| place.end <= range.start);
        let count = self.places[first..].partition_point(|place| place.start < range.end);
        let (mut from, mut at) = match first.checked_sub(1) {
            Some(last) => (self.edits[last].span.end, self.places[last].end),
            None => (0, 0),
        };
        let mut part = Vec::with_capacity(range.len());
        let mut add = |piece: &[u8]| {
            let cut = |place: usize| place.clamp(at, at + piece.len()) - at;
            part.extend_from_slice(&piece[cut(range.start)..cut(range.end)]);
            at += piece.len();
        };
        for edit in &self.edits[first..first + count] {
            add(&self.bytes[from..edit.span.start]);
            add(&edit.text);
            from = edit.span.end;
        }
        add(&self.bytes[from..]);
        part
    }
}

/// Where each edit stands in the edited text.
pub(super) fn places(edits: &[Edit]) -> Vec<Range<usize>> {
    let (mut added, mut removed) = (0, 0);
    let place = |edit: &Edit| {
        let start = edit.span.start + added - removed;
        added += edit.text.len();
        removed += edit.span.len();
        start..start + edit.text.len()
    };
    edits.iter().map(place).collect()
}

/// The bytes of the original that a span of the edited text stands for: of an edit that it touches, all.
pub(super) fn original(edits: &[Edit], places: &[Range<usize>], span: &Range<usize>) -> Range<usize> {
    // An offset behind the first `count` edits.
    let moved = |at: usize, count: usize| match count.checked_sub(1) {
        Some(last) => at - places[last].end + edits[last].span.end,
        None => at,
    };
    let before = places.partition_point(|place| place.end <= span.start);
    let start = match places.get(before) {
        Some(place) if place.start <= span.start => edits[before].span.start,
        _ => moved(span.start, before),
    };
    let begun = places.partition_point(|place| place.start < span.end);
    let end = match begun.checked_sub(1) {
        Some(last) if span.end <= places[last].end => edits[last].span.end,
        _ => moved(span.end, begun),
    };
    start..end
}

/// `text`, which is ASCII, as wide as the bytes that it takes the place of.
pub(super) fn in_width_of(stored: &[u8], wrapping: Wrapping, text: &[u8]) -> Vec<u8> {
    if wrapping.iter().next() != Some(Encoding::Utf16) {
        return text.to_vec();
    }
    let is_big = stored.first() == Some(&0);
    text.iter().flat_map(|&byte| if is_big { [0, byte] } else { [byte, 0] }).collect()
}

/// The byte order of UTF-16, told by the mark that the text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Utf16 {
    Little,
    Big,
}

impl Utf16 {
    /// Whether a text has a mark of UTF-16.
    pub(super) fn is_marked(bytes: &[u8]) -> bool {
        matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
    }

    /// A text in UTF-16 with its mark, as UTF-8. `None` where it is none, or could not be written back as it was.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, String)> {
        let order = match bytes {
            [0xff, 0xfe, ..] => Self::Little,
            [0xfe, 0xff, ..] => Self::Big,
            _ => return None,
        };
        let (pairs, []) = bytes.as_chunks::<2>() else { return None };
        let units = pairs.iter().map(|pair| match order {
            Self::Little => u16::from_le_bytes(*pair),
            Self::Big => u16::from_be_bytes(*pair),
        });
        let text = char::decode_utf16(units).collect::<Result<String, _>>().ok()?;
        Some((order, text))
    }

    /// The edits of a text as edits of what it is stored as. Of a character that one begins or ends in, all goes.
    pub(super) fn edits(self, text: &str, edits: Vec<Edit>) -> Vec<Edit> {
        let boundary =
            |mut places: Range<usize>| places.find(|&place| text.is_char_boundary(place)).unwrap_or(text.len());
        let back = |place: usize| (0..=place).rev().find(|&place| text.is_char_boundary(place)).unwrap_or(0);
        // How far the text is measured, and how long that is as it is stored.
        let (mut at, mut stored) = (0, 0);
        let mut measure = |place: usize| {
            stored += 2 * text[at..place].encode_utf16().count();
            at = place;
            stored
        };
        let mut end = 0;
        let moved = |edit: Edit| {
            let span = back(edit.span.start).max(end)..boundary(edit.span.end..text.len() + 1);
            end = span.end;
            let text = self.write(&String::from_utf8_lossy(&edit.text));
            Edit { span: measure(span.start)..measure(span.end), text, ..edit }
        };
        edits.into_iter().map(moved).collect()
    }

    /// The text as it is stored.
    pub(crate) fn write(self, text: &str) -> Vec<u8> {
        let bytes = |unit: u16| match self {
            Self::Little => unit.to_le_bytes(),
            Self::Big => unit.to_be_bytes(),
        };
        text.encode_utf16().flat_map(bytes).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::property::property;
    use proptest::prelude::*;

    use super::*;

    fn edits(cuts: &[(usize, usize, usize)]) -> Vec<Edit> {
        let edit = |&(start, end, len): &(usize, usize, usize)| Edit {
            span: start..end,
            text: vec![b'*'; len],
            placeholders: Vec::new(),
        };
        cuts.iter().map(edit).collect()
    }

    #[test]
    fn spans_of_the_copy_lead_back() {
        // 0123456789 -> 01*****456**9
        let edits = edits(&[(2, 4, 5), (7, 9, 2)]);
        assert_eq!(spliced(b"0123456789", &edits), b"01*****456**9");
        for (copy, original_span) in [
            (0..1, 0..1),
            (0..2, 0..2),
            (1..3, 1..4),
            (3..4, 2..4),
            (2..7, 2..4),
            (7..8, 4..5),
            (6..8, 2..5),
            (9..11, 6..9),
            (8..13, 5..10),
            (12..13, 9..10),
            (0..13, 0..10),
        ] {
            assert_eq!(original(&edits, &places(&edits), &copy), original_span, "{copy:?}");
        }
    }

    proptest! {
        #![proptest_config(property(256))]

        #[test]
        fn a_part_of_a_copy_is_a_part_of_the_whole(
            cuts in prop::collection::vec((0..6_usize, 0..4_usize, 0..5_usize), 0..6),
            rest in 0..6_usize,
            (start, len) in (0..40_usize, 0..40_usize),
        ) {
            let mut at = 0;
            let place = |&(gap, cut, len): &(usize, usize, usize)| {
                let start = at + gap;
                at = start + cut;
                (start, at, len)
            };
            let edits = edits(&cuts.iter().map(place).collect::<Vec<_>>());
            let bytes: Vec<u8> = (b'a'..).take(at + rest).collect();
            let (whole, copy) = (spliced(&bytes, &edits), Spliced::new(&bytes, &edits));
            prop_assert_eq!(copy.len(), whole.len());
            let range = start.min(whole.len())..(start + len).min(whole.len());
            prop_assert_eq!(copy.part(range.clone()), &whole[range]);
        }

        #[test]
        fn utf16_goes_back_as_it_came(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            for order in [Utf16::Little, Utf16::Big] {
                let stored = order.write(&format!("\u{feff}{text}"));
                let (read, decoded) = Utf16::read(&stored).unwrap();
                prop_assert_eq!((read, read.write(&decoded)), (order, stored));
            }
            for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
                let stored = [&mark[..], &bytes].concat();
                if let Some((order, text)) = Utf16::read(&stored) {
                    prop_assert_eq!(order.write(&text), stored);
                }
            }
        }
    }
}
