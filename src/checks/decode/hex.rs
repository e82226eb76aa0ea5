//! Pairs of hex digits that stand for text.

use super::layer::Layer;
use super::run::{self, reads_as_text};
use super::scout::WINDOW;

/// Shorter runs are not worth a look.
pub(super) const SHORTEST: usize = 32;
/// The value of a hex digit, or more than 15.
const VALUES: [u8; 256] = {
    let mut values = [0xff; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        values[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};

/// The number written in at most eight hex digits; nothing else may stand there.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0, |number, &digit| match VALUES[usize::from(digit)] {
        value @ 0..16 => Some(number << 4 | u32::from(value)),
        _ => None,
    })
}

fn byte(pair: &[u8]) -> u8 {
    VALUES[usize::from(pair[0])] << 4 | VALUES[usize::from(pair[1])] & 0xf
}

/// Where pairs of digits begin in the window `at..end` of digits, if they are text.
pub(super) fn text_start(bytes: &[u8], at: usize, end: usize, floor: usize) -> Option<usize> {
    let is_text = |start: usize| is_text(&bytes[start..end]);
    let first = (at..at + 2).find(|&start| is_text(start))?;
    // Either phase may read as text; the one that the run begins with is right, unless the block begins inside the run.
    let odd = bytes[floor..at].iter().rev().take_while(|digit| is_digit(**digit)).count() % 2;
    Some(if is_text(at + odd) { at + odd } else { first })
}

/// Whether a window is of hex digits.
pub(super) fn is_window(window: &[u8]) -> bool {
    window.iter().fold(true, |all, digit| all & is_digit(*digit))
}

fn is_digit(byte: u8) -> bool {
    (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6)
}

/// Decodes the hex digits around `inside`, where a pair begins that is text, but nothing before `floor`; says where the region ends.
pub(super) fn decode(bytes: &[u8], inside: usize, floor: usize, layer: &mut Layer) -> Option<usize> {
    let digits = |from: usize, to: usize| bytes[from..to].iter().take_while(|byte| is_digit(**byte)).count();
    let is_text_pair = |pair: &&[u8]| is_digit(pair[0]) && is_digit(pair[1]) && reads_as_text(&[byte(pair)]);
    let start = inside - 2 * bytes[floor..inside].rchunks_exact(2).take_while(is_text_pair).count();
    let end = start + digits(start, bytes.len());
    if end - start < SHORTEST {
        return None;
    }
    layer.begin(start, start / 2);
    let mut at = start;
    for line in run::Lines::new(bytes, start..end) {
        let pairs = digits(line.start, line.end) / 2;
        let decoded = layer.units(pairs, line.start, (1, 2));
        for (pair, decoded) in bytes[line.start..].chunks_exact(2).zip(decoded.iter_mut()) {
            *decoded = byte(pair);
        }
        if line.start == start
            && let Some(shift) = run::shift(&line, (1, 2), decoded, |range| is_text(&bytes[range]))
        {
            layer.take_back(pairs - (shift - start) / 2);
            return Some(shift);
        }
        at = line.start + 2 * pairs;
        if at < line.end {
            break;
        }
    }
    Some(at)
}

fn is_text(digits: &[u8]) -> bool {
    let mut text = [0; WINDOW / 2];
    let mut len = 0;
    for pair in digits.chunks_exact(2) {
        // Most hashes fail at the first or second pair.
        text[len] = byte(pair);
        if !run::is_plausible(text[len]) {
            return false;
        }
        len += 1;
    }
    reads_as_text(&text[..len])
}
