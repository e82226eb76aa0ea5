//! Base64 and base64url, with or without padding, that stands for text.

use super::layer::Layer;
use super::run::{Lines, reads_as_text};

/// Images, keys and hashes are told from text by this many quads.
const HEAD: usize = 12;
/// Base64 of any text has capitals: three of four texts have five in their first 24 characters. Paths, identifiers and
/// lower-case hashes have none.
const FEWEST_CAPITALS: u8 = 2;
/// Where capitals are counted.
const COUNTED: usize = 64;

/// The six bits of each character of either alphabet.
const VALUES: [u8; 256] = {
    let mut values = [0; 256];
    let alphabets: [&[u8; 64]; 2] = [
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ];
    let mut bits = 0;
    while bits < 64 {
        values[alphabets[0][bits] as usize] = bits as u8;
        values[alphabets[1][bits] as usize] = bits as u8;
        bits += 1;
    }
    values
};

/// Whether a run can be base64 at all.
pub(super) fn is_plausible(run: &[u8]) -> bool {
    let counted = &run[..run.len().min(COUNTED)];
    let capital = |byte: u8| u8::from(byte.wrapping_sub(b'A') < 26);
    counted.iter().fold(0_u8, |count, &byte| count.wrapping_add(capital(byte))) >= FEWEST_CAPITALS
}

/// Where quads begin so that the characters from `head` to `end` are text: the run may begin with characters that are
/// not part of it, or inside a quad.
pub(super) fn text_start(bytes: &[u8], head: usize, end: usize) -> Option<usize> {
    (head..end.min(head + 4)).find(|&start| is_text(&bytes[start..end]))
}

/// Decodes the run `start..end` and the lines that continue it; says where they end.
pub(super) fn decode(bytes: &[u8], start: usize, end: usize, layer: &mut Layer) -> usize {
    layer.begin(start);
    let mut at = start;
    for line in Lines::new(bytes, start..end) {
        let quads = line.len() / 4;
        let decoded = layer.units(quads, line.start, (3, 4));
        for (quad, decoded) in bytes[line.start..line.end].chunks_exact(4).zip(decoded.chunks_exact_mut(3)) {
            decoded.copy_from_slice(&triple(quad));
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
    let bits = quad.iter().fold(0, |bits, &byte| bits << 6 | u32::from(VALUES[usize::from(byte)]));
    let [_, first, second, third] = (bits << (6 * (4 - quad.len()))).to_be_bytes();
    [first, second, third]
}

fn is_text(run: &[u8]) -> bool {
    let mut head = [0; 3 * HEAD];
    let quads = run.len().min(4 * HEAD) / 4;
    // Most runs that are no text fail at the first quad.
    [1, 4, HEAD].into_iter().all(|count| {
        let count = count.min(quads);
        for (quad, decoded) in run.chunks_exact(4).zip(head.chunks_exact_mut(3)).take(count) {
            decoded.copy_from_slice(&triple(quad));
        }
        count > 0 && reads_as_text(&head[..3 * count])
    })
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
            assert_eq!(decode(stored, 0, run, &mut layer), end);
            if !expected.contains('\u{fffd}') {
                assert_eq!(layer.bytes(), expected.as_bytes());
                assert_eq!(layer.map().to_stored(&(0..layer.bytes().len())), 0..end);
            }
        }
    }

    #[test]
    fn the_phase_of_a_run_is_found() {
        let encoded = b"VGhpcyBpcyBwbGFpbiB0ZXh0LCBub3QgYSBrZXk";
        for foreign in 0..4 {
            let run = [&b"9x/"[..foreign], encoded].concat();
            assert_eq!(text_start(&run, 0, run.len()), Some(foreign));
        }
        for cut in 1..4 {
            assert_eq!(text_start(&encoded[cut..], 0, encoded.len() - cut), Some(4 - cut));
        }
    }
}
