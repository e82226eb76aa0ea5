//! Base64 and base64url, with or without padding, that stands for text.

use super::alphabet::sextet;
use super::layer::Layer;
use super::run::{self, Lines, reads_as_text};
use super::scout::WINDOW;

/// Where quads begin in the window `at..end`, if they are text.
pub(super) fn text_start(bytes: &[u8], at: usize, end: usize, floor: usize) -> Option<usize> {
    let is_text = |start: usize| start < end && is_text(&bytes[start..end]);
    let first = (at..at + 4).find(|&start| is_text(start))?;
    // Another phase may read as text as well; the one that the run begins with is right, unless the block begins inside the run.
    let aligned = at + (4 - (at - run::start(bytes, at, floor)) % 4) % 4;
    Some(if is_text(aligned) { aligned } else { first })
}

/// Decodes the run `first..end`, whose quads at `inside` are text, and the lines that continue it; says where they end.
pub(super) fn decode(bytes: &[u8], first: usize, inside: usize, end: usize, layer: &mut Layer) -> usize {
    let before = bytes[first..inside].rchunks_exact(4).take_while(|quad| reads_as_text(&triple(quad))).count();
    let start = inside - 4 * before;
    layer.begin(start, start / 4 * 3);
    let mut at = start;
    for line in Lines::new(bytes, start..end) {
        // A word on the next line is nothing that goes on.
        if line.start > start && !is_text_line(&bytes[line.clone()]) {
            break;
        }
        let quads = line.len() / 4;
        let decoded = layer.units(quads, line.start, (3, 4));
        for (quad, decoded) in bytes[line.clone()].chunks_exact(4).zip(decoded.chunks_exact_mut(3)) {
            decoded.copy_from_slice(&triple(quad));
        }
        if line.start == start
            && let Some(shift) = run::shift(&line, (3, 4), decoded, |range| is_text(&bytes[range]))
        {
            layer.take_back((quads - (shift - start) / 4) * 3);
            return shift;
        }
        let rest = line.start + 4 * quads..line.end;
        at = line.end;
        if rest.len() >= 2 {
            at += bytes[at..].iter().take(4 - rest.len()).take_while(|byte| **byte == b'=').count();
            layer.put(&triple(&bytes[rest.clone()])[..rest.len() - 1], rest.start, at - rest.start);
        }
    }
    at
}

/// The three bytes of up to four characters.
fn triple(quad: &[u8]) -> [u8; 3] {
    let bits = quad.iter().fold(0, |bits, &byte| bits << 6 | u32::from(sextet(byte)));
    let [_, first, second, third] = (bits << (6 * (4 - quad.len()))).to_be_bytes();
    [first, second, third]
}

fn is_text(window: &[u8]) -> bool {
    let mut text = [0; WINDOW];
    let mut len = 0;
    for quad in window.chunks_exact(4) {
        let triple = triple(quad);
        // Most windows that are no text fail at the first quad.
        if !triple.iter().all(|&byte| run::is_plausible(byte)) {
            return false;
        }
        text[len..len + 3].copy_from_slice(&triple);
        len += 3;
    }
    len > 0 && reads_as_text(&text[..len])
}

/// Whether a line that may continue others begins with text.
fn is_text_line(line: &[u8]) -> bool {
    let head = &line[..line.len().min(WINDOW)];
    let quads = head.chunks(4).filter(|quad| quad.len() > 1);
    let text: Vec<u8> = quads.flat_map(|quad| triple(quad).into_iter().take(quad.len() - 1)).collect();
    !text.is_empty() && reads_as_text(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_with_and_without_padding() {
        let cases: [(&[u8], &str, usize); 6] = [
            (b"QUJD", "ABC", 4),
            (b"QUI=", "AB", 4),
            (b"QUI", "AB", 3),
            (b"QQ==x", "A", 4),
            (b"QQ===", "A", 4),
            (b"--__", "\u{fffd}", 4),
        ];
        for (stored, expected, end) in cases {
            let mut layer = Layer::default();
            let run = super::super::run::end(stored, 0);
            assert_eq!(decode(stored, 0, 0, run, &mut layer), end);
            if !expected.contains('\u{fffd}') {
                assert_eq!(layer.bytes(), expected.as_bytes());
                assert_eq!(layer.map().to_stored(&(0..layer.bytes().len())), 0..end);
            }
        }
    }

    #[test]
    fn the_phase_of_a_window_is_found() {
        let start = |window: &[u8]| text_start(window, 0, window.len(), 0);
        let encoded = b"VGhpcyBpcyBwbGFpbiB0ZXh0";
        for foreign in 0..4 {
            let window = [&b"9x/"[..foreign], encoded].concat();
            assert_eq!(start(&window[..WINDOW]), Some(foreign));
        }
        for cut in 1..4 {
            assert_eq!(start(&encoded[cut..]), Some(4 - cut));
        }
        assert_eq!(start(b"c2VjcmV0/w/f/IEBAMD9+Qx1"), None);
    }

    #[test]
    fn a_region_grows_from_its_window_to_both_sides() {
        let text = "a line of text that is long enough for several windows";
        let encoded = data_encoding::BASE64.encode(text.as_bytes());
        let run = format!("x/{encoded}");
        let mut layer = Layer::default();
        let end = run.trim_end_matches('=').len();
        assert_eq!(decode(run.as_bytes(), 0, 2 + 24, end, &mut layer), run.len());
        assert_eq!(layer.bytes(), text.as_bytes());
    }

    #[test]
    fn a_word_on_the_next_line_is_not_joined() {
        let text = "a line of text whose base64 has no padding and fills 80 char";
        let encoded = data_encoding::BASE64.encode(text.as_bytes());
        for (next, joined) in [("done", ""), ("x", ""), ("error", ""), ("YW5kIG1vcmU=", "and more")] {
            let stored = format!("{encoded}\n{next}\n");
            let mut layer = Layer::default();
            decode(stored.as_bytes(), 0, 0, encoded.len(), &mut layer);
            assert_eq!(layer.bytes(), [text, joined].concat().as_bytes(), "{next}");
        }
    }
}
