//! Text without information: runs, repetitions and sequences, as hands type them and generators do not.

use std::ops::Range;

/// Of two bytes, nothing can be said.
const SHORTEST: usize = 3;

/// Subtler patterns count only in values so long, where chance does not make them.
const LONG: usize = 16;

/// No value is looked at further for them.
const FURTHEST: usize = 512;

/// Whether a token's body has no information: a run, a short period, a sequence. No words: real tokens contain them by chance.
pub(crate) fn is_repetitive(body: &[u8]) -> bool {
    body.len() >= SHORTEST
        && (is_periodic(body) || is_sequence(body, 1, Step::between) || is_sequence(body, 2, Step::between))
}

/// Whether a body is nothing but one piece over and over, or one run from end to end, whatever shape it fills: `abcdabcd`, `zyx…cba987`.
pub(crate) fn is_filler(body: &[u8]) -> bool {
    let mut room = [0; FURTHEST];
    let bare = without_signs(body, &mut room);
    [body, bare].iter().any(|body| body.len() >= SHORTEST && is_periodic(body))
        || bare.len() >= SHORTEST && steady_steps(bare, 1, Step::between) + 2 >= bare.len()
}

/// Whether a long value, the signs in it left out, was typed by hand: most of it repeats what stood before or counts on in equal steps,
/// or some of it runs through six neighbours of the alphabet. Vendors' own samples are like that, so it is no word against a value that has
/// a vendor's shape; one that has none has nothing but its randomness to speak for it.
pub(crate) fn is_drummed(value: &[u8]) -> bool {
    let mut room = [0; FURTHEST];
    let body = without_signs(value, &mut room);
    body.len() >= LONG
        && (holds_run(body)
            || holds_echo(body)
            || is_sequence(body, 1, Step::between)
            || is_sequence(body, 2, Stride::between)
            || is_sequence(body, 3, Stride::between)
            || is_echo(body))
}

/// The letters and digits of a value.
fn without_signs<'a>(value: &[u8], room: &'a mut [u8; FURTHEST]) -> &'a [u8] {
    let bare = value.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let len = room.iter_mut().zip(bare).map(|(slot, byte)| *slot = *byte).count();
    &room[..len]
}

/// Whether a token, though it has a vendor's shape, was made up: most of it is nothing but a repetition, or one of its longer pieces counts
/// through ten neighbours of the alphabet, or begins or ends with six. By chance, one token of hex digits in a hundred thousand does, of other
/// alphabets none.
pub(crate) fn is_made_up(token: &[u8]) -> bool {
    /// Nobody types so many characters.
    const LONGEST: usize = 128;
    const PIECE: usize = 12;
    token.len() <= LONGEST
        && token
            .split(|byte| !byte.is_ascii_alphanumeric())
            .filter(|piece| piece.len() >= PIECE)
            .any(|piece| counts(piece) || piece.len() * 2 > token.len() && is_periodic(piece))
}

/// Whether a piece counts up or down: over ten bytes anywhere, or over six at one of its ends.
fn counts(piece: &[u8]) -> bool {
    runs(piece).any(|run| run.len() >= 10 || run.len() >= 6 && (run.start == 0 || run.end == piece.len()))
}

/// Stretches of neighbours of the alphabet, all steps in one direction.
fn runs(body: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let step = |at: usize| {
            Step::between(*body.get(at)?, *body.get(at + 1)?).filter(|step| matches!(step, Step::Up | Step::Down))
        };
        let start = (at..body.len()).find(|&at| step(at).is_some())?;
        let end = (start..body.len()).find(|&at| step(at) != step(start))?;
        at = end;
        Some(start..end + 1)
    })
}

/// Whether the body repeats a piece of so many bytes. Twice is enough: no random body does that.
fn is_periodic(body: &[u8]) -> bool {
    const LONGEST: usize = 16;
    (1..=LONGEST.min(body.len() / 2)).any(|period| body[period..].eq_ignore_ascii_case(&body[..body.len() - period]))
}

/// Whether 60 % of the body, and eight bytes at least, are what stood some way before them.
fn is_echo(body: &[u8]) -> bool {
    (4..=body.len() / 2).any(|back| {
        let same = body[back..].iter().zip(body).filter(|(byte, before)| byte == before).count();
        same >= 8 && same * 10 >= (body.len() - back) * 6
    })
}

/// Whether a body of no more than 48 bytes holds a piece of eight twice. What is longer may have a structure that repeats some.
fn holds_echo(body: &[u8]) -> bool {
    const PIECE: usize = 8;
    body.len() <= 48
        && body.windows(PIECE).enumerate().any(|(at, piece)| {
            let rest = &body[(at + PIECE).min(body.len())..];
            rest.windows(PIECE).any(|other| other == piece)
        })
}

/// Whether six bytes in a row count up or down: one token of hex digits in ten thousand does by chance, of other alphabets none.
fn holds_run(body: &[u8]) -> bool {
    runs(body).any(|run| run.len() >= 6)
}

/// Whether more than 60 % of the steps, from each byte to the one `lag` behind it, go on as the step before or after did: `aaa`,
/// `abc`, `321`, `qwe`; with a lag of two, `a1b2c3`.
fn is_sequence<S: Copy + PartialEq>(body: &[u8], lag: usize, between: impl Fn(u8, u8) -> Option<S>) -> bool {
    let steps = body.len().saturating_sub(lag);
    steps >= 2 * lag && steady_steps(body, lag, between) * 10 > steps * 6
}

/// How many steps go on so.
fn steady_steps<S: Copy + PartialEq>(body: &[u8], lag: usize, between: impl Fn(u8, u8) -> Option<S>) -> usize {
    let steps = body.len().saturating_sub(lag);
    let mut steady = 0;
    for start in 0..lag.min(steps) {
        let (mut last, mut run) = (None, 0);
        for at in (start..steps).step_by(lag) {
            let step = between(body[at], body[at + lag]);
            run = if step.is_some() { if step == last { run + 1 } else { 1 } } else { 0 };
            // The second step of a run brings in the first.
            steady += match run {
                0 | 1 => 0,
                2 => 2,
                _ => 1,
            };
            last = step;
        }
    }
    steady
}

/// How one character follows another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Same,
    Up,
    Down,
    /// The next key of the keyboard.
    Right,
    Left,
}

impl Step {
    fn between(from: u8, to: u8) -> Option<Self> {
        let (from, to) = (from.to_ascii_lowercase(), to.to_ascii_lowercase());
        if from == to {
            return Some(Self::Same);
        }
        if !(from.is_ascii_alphanumeric() && to.is_ascii_alphanumeric()) {
            return None;
        }
        if to == from + 1 || (from, to) == (b'9', b'0') {
            return Some(Self::Up);
        }
        if from == to + 1 || (from, to) == (b'0', b'9') {
            return Some(Self::Down);
        }
        let (from, to) = (KEYS[usize::from(from)]?, KEYS[usize::from(to)]?);
        if to == from + 1 {
            Some(Self::Right)
        } else if from == to + 1 {
            Some(Self::Left)
        } else {
            None
        }
    }
}

/// How far it is from one letter to another, or from one digit to another, round the end of the alphabet.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stride(u8);

impl Stride {
    fn between(from: u8, to: u8) -> Option<Self> {
        match (from.to_ascii_lowercase(), to.to_ascii_lowercase()) {
            (from @ b'0'..=b'9', to @ b'0'..=b'9') => Some(Self((to + 10 - from) % 10)),
            (from @ b'a'..=b'z', to @ b'a'..=b'z') => Some(Self((to + 26 - from) % 26)),
            _ => None,
        }
    }
}

/// Where the letters stand on a keyboard; rows do not touch.
static KEYS: [Option<u8>; 256] = {
    let mut keys = [None; 256];
    let rows = b"qwertyuiop.asdfghjkl.zxcvbnm";
    let mut at = 0;
    while at < rows.len() {
        if rows[at] != b'.' {
            keys[rows[at] as usize] = Some(at as u8);
        }
        at += 1;
    }
    keys
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::expand;

    #[test]
    fn bodies_are_judged_by_pattern_not_by_words() {
        for body in ["xxxxxxxx", "1234567890abcdef", "abcdabcd", "WordwordWORD", "0000000000000001"] {
            assert!(is_repetitive(body.as_bytes()), "{body}");
        }
        for body in ["", "ab", "testfakeexample", "changeme", "yourtoken"] {
            assert!(!is_repetitive(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn fillers_are_pieces_and_runs_from_end_to_end() {
        for body in [
            "xxxx",
            "abcdabcd",
            "abcdefghijkl",
            "zyxwvutsrqponmlkjihgfedcba098765",
            "qwertyuio",
            "1234512345123",
            "2222-2222-22",
        ] {
            assert!(is_filler(body.as_bytes()), "{body}");
        }
        for body in ["", "ab", "a1b2c3d4e5f6g7h8", "1234abcd5678efgh", "0987fedcba0987fedcba12", "ABC123DEF456"] {
            assert!(!is_filler(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn tokens_that_count_are_made_up() {
        for token in [
            "abcdefgH7wQ0k2LmR5xZ",
            "7d03-Qk29xLmw8V4fedcba",
            "q8Z1klmnopqrstuvwx7Wb",
            "w9Kq_SampleSampleSample",
            "AnyOldSecret0123456789x7",
        ] {
            assert!(is_made_up(token.as_bytes()), "{token}");
        }
        for token in ["", "abcdef", "Q8Z1abcdefw7Wb2Kd", "123456-789012-345678"] {
            assert!(!is_made_up(token.as_bytes()), "{token}");
        }
        for template in ["{x:64}", "{W:40}", "{d:16}", "{L36:32}", "{uuid}", "{b32:26}"] {
            let drawn = |seed| expand(template, seed, &|_, _| None).expect("a template").text;
            let wrong = (0..10_000).filter(|&seed| is_made_up(drawn(seed).as_bytes())).count();
            assert!(wrong <= 3, "{wrong} of 10,000 {template}");
        }
    }

    #[test]
    fn hands_are_told_from_generators() {
        for value in [
            "aB1cD2eF3gH4iJ5kL6mN7",
            "aB3dE6gH9jK2mN5qR8tV1xY4",
            "1a2b-3c4d-5e6f-7a8b",
            "abc123xyz-456def789ghij",
            "R7mQ2vN9xKR7mQ2vN9xKz",
            "d38cf1c7558c5a9abcdef",
            "7Kq0Zw3mN8vX2sP5uRtGh7Kq0Zw3mNb",
        ] {
            assert!(is_drummed(value.as_bytes()), "{value}");
        }
        for value in ["", "admin123456", "deadbee1"] {
            assert!(!is_drummed(value.as_bytes()), "{value}");
        }
        for (template, most) in [
            ("{x:16}", 4),
            ("{x:40}", 4),
            ("{W:20}", 1),
            ("{V:64}", 1),
            ("{d:16}", 100),
            ("{L36:32}", 1),
            ("{uuid}", 4),
        ] {
            let drawn = |seed| expand(template, seed, &|_, _| None).expect("a template").text;
            let wrong = (0..10_000).filter(|&seed| is_drummed(drawn(seed).as_bytes())).count();
            assert!(wrong <= most, "{wrong} of 10,000 {template}");
        }
    }
}
