//! Generated or written: which of the two explains a value better.

use super::bigrams::{COST, EDGE, SYMBOL};

/// Bits of evidence that a value came from a generator and not from a writer: what it costs to write it, character after character as
/// words, names and paths are written, less what it costs to draw it evenly from the smallest common alphabet that holds it. Words and
/// identifiers come out below zero, at any length; random text gains one to two bits with every character.
pub(crate) fn evidence(value: &[u8]) -> f32 {
    let value = value.strip_prefix(b"0x").unwrap_or(value);
    let mut half_bits = 0;
    let mut before = EDGE;
    for after in value.iter().map(|&byte| SYMBOL[usize::from(byte)]).chain([EDGE]) {
        half_bits += u32::from(COST[usize::from(before)][usize::from(after)] - b'0');
        before = after;
    }
    half_bits as f32 / 2.0 - drawn_bits(value)
}

/// A piece so long shows its alphabet: the hex halves of `v1.0-9f8e…-7d6c…` are hex, whatever stands around them.
const LONG_PIECE: usize = 8;

/// So many hex digits at the end of a piece were drawn as such, whatever stands before them: `acmeLive0f1e…`.
const LONG_TAIL: usize = 16;

/// What it costs to draw the value evenly.
fn drawn_bits(value: &[u8]) -> f32 {
    let whole = Makeup::of(value).bits();
    let pieces = value.split(|byte| !byte.is_ascii_alphanumeric()).filter(|piece| piece.len() >= LONG_PIECE);
    pieces.fold(value.len() as f32 * whole, |bits, piece| {
        let (head, tail) = piece.split_at(piece.len() - hex_tail(piece));
        let drawn = |part: &[u8]| if part.is_empty() { 0.0 } else { part.len() as f32 * Makeup::of(part).bits() };
        bits - piece.len() as f32 * whole + drawn(head) + drawn(tail)
    })
}

/// The length of the hex digits of one case that a piece ends with, where they are many.
fn hex_tail(piece: &[u8]) -> usize {
    let tail = |class: fn(&u8) -> bool| piece.iter().rev().take_while(|byte| class(byte)).count();
    let small = tail(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let len = small.max(tail(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')));
    if len >= LONG_TAIL { len } else { 0 }
}

/// Whether the value is most likely generated.
pub(crate) fn is_generated(value: &[u8]) -> bool {
    let bits = evidence(value);
    bits >= LEAST_BITS && bits >= LEAST_BITS_PER_BYTE * value.len() as f32
}

/// Whether the value reads like words, whatever stands before it: a name of letters alone, or words that signs join.
pub(crate) fn is_written(value: &[u8]) -> bool {
    let makeup = Makeup::of(value);
    let bits = evidence(value);
    (makeup.digits == 0 && bits < 0.0) || (makeup.signs > 0 && bits < LEAST_BITS)
}

/// One false alarm in a thousand written values. Of random values of 12 characters 95 to 99 % have more, of 16 and more nearly all.
const LEAST_BITS: f32 = 12.0;

/// A long text of odd words gathers bits too, but slowly.
const LEAST_BITS_PER_BYTE: f32 = 0.75;

/// What a value is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Makeup {
    pub(crate) lower: usize,
    pub(crate) upper: usize,
    pub(crate) digits: usize,
    /// ASCII signs, blanks among them.
    pub(crate) signs: usize,
    /// Bytes beyond ASCII.
    pub(crate) foreign: usize,
    is_hex: bool,
    /// How many different signs there are.
    kinds_of_signs: u32,
}

impl Makeup {
    pub(crate) fn of(value: &[u8]) -> Self {
        let mut makeup = Self { is_hex: true, ..Self::default() };
        let mut signs = 0_u128;
        for &byte in value {
            match byte {
                b'a'..=b'z' => makeup.lower += 1,
                b'A'..=b'Z' => makeup.upper += 1,
                b'0'..=b'9' => makeup.digits += 1,
                0x80.. => makeup.foreign += 1,
                _ => {
                    makeup.signs += 1;
                    signs |= 1 << byte;
                }
            }
            makeup.is_hex &= byte.is_ascii_hexdigit();
        }
        makeup.kinds_of_signs = signs.count_ones();
        makeup
    }

    pub(crate) fn letters(&self) -> usize {
        self.lower + self.upper
    }

    /// Bits of one character of the smallest alphabet that has all of them.
    fn bits(&self) -> f32 {
        let is_one_case = self.lower == 0 || self.upper == 0;
        let hex = if is_one_case { 16 } else { 22 };
        let letters = 26 * (usize::from(self.lower > 0) + usize::from(self.upper > 0));
        let size = match self.letters() {
            0 => 10,
            _ if self.is_hex => hex,
            _ => letters + if self.digits > 0 { 10 } else { 0 },
        };
        ((size + self.kinds_of_signs as usize + self.foreign) as f32).log2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value drawn evenly from `alphabet`, another one for each seed.
    fn drawn(alphabet: &[u8], len: usize, seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        (0..len).map(|_| alphabet[(next() >> 11) as usize % alphabet.len()]).collect()
    }

    #[test]
    fn what_is_drawn_is_told_from_what_is_written() {
        for (alphabet, len, least) in [
            (&b"0123456789abcdef"[..], 16, 99),
            (b"0123456789abcdef", 32, 100),
            (b"abcdefghijklmnopqrstuvwxyz0123456789", 16, 98),
            (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 98),
            (b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 12, 93),
            (b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 20, 99),
            (b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/", 40, 99),
        ] {
            let found = (1..=1000).filter(|&seed| is_generated(&drawn(alphabet, len, seed))).count();
            assert!(found >= least * 10, "{found} of 1000 with {len} of {}", alphabet.len());
        }
        for written in [
            "get_token",
            "access_token_secret",
            "prod-database-main",
            "kubernetes.io/service-account-token",
            "SecretString",
            "hunter2",
            "text-embedding-ada-002",
            "com.example.MyClass2",
            "sha256WithRSAEncryption",
            "user_password_reset_form_v2",
            "getElementById",
            "TLS_AES_128_GCM_SHA256",
            "gpt-4o-mini-2024-07-18",
            "iPhone12ProMax",
            "x86_64-unknown-linux-gnu",
            "node_modules/.bin/eslint",
        ] {
            assert!(!is_generated(written.as_bytes()), "{written}: {}", evidence(written.as_bytes()));
            assert!(is_written(written.as_bytes()) || written.bytes().any(|byte| byte.is_ascii_digit()), "{written}");
        }
    }
}
