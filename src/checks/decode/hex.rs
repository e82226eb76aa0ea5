//! Pairs of hex digits that stand for text.

use super::layer::Layer;
use super::run::{self, reads_as_text};

/// Shorter runs are not worth a look.
pub(super) const SHORTEST: usize = 32;
/// Hashes and keys are told from text by this many bytes.
const HEAD: usize = 16;

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

/// Whether a run begins with hex digits enough.
pub(super) fn is_run(run: &[u8]) -> bool {
    let is_digit = |byte: u8| (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6);
    run.get(..SHORTEST)
        .is_some_and(|run| run.chunks_exact(8).all(|part| part.iter().fold(true, |all, &byte| all & is_digit(byte))))
}

/// Decodes the hex digits from `head` on if they are text; says where the region ends.
pub(super) fn decode(bytes: &[u8], head: usize, end: usize, layer: &mut Layer) -> Option<usize> {
    if !is_run(&bytes[head..end]) {
        return None;
    }
    let digits = |from: usize, to: usize| bytes[from..to].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    // Where a block begins inside a run, its first digit may be the second of a pair.
    let start = (head..head + 2).find(|&start| is_text(&bytes[start..end]))?;
    layer.begin(start);
    let mut at = start;
    for line in run::Lines::new(bytes, start..end) {
        let pairs = digits(line.start, line.end) / 2;
        let decoded = layer.units(pairs, line.start, (1, 2));
        for (pair, decoded) in bytes[line.start..].chunks_exact(2).zip(decoded) {
            *decoded = byte(pair);
        }
        at = line.start + 2 * pairs;
        if at < line.end {
            break;
        }
    }
    Some(at)
}

fn is_text(digits: &[u8]) -> bool {
    let mut head = [0; HEAD];
    let pairs = digits.chunks_exact(2).take(HEAD);
    let len = pairs.zip(&mut head).map(|(pair, decoded)| *decoded = byte(pair)).count();
    reads_as_text(&head[..len.min(2)]) && reads_as_text(&head[..len])
}
