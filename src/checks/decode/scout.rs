//! The fast search for places that may be worth decoding. Written in lanes so that the compiler makes vector code of it.

use std::ops::Range;

use super::run::{self, LANES, STRIDE};

/// How much is looked at in one go.
pub(super) const CHUNK: usize = 64;
/// What of the next chunk is looked at with it.
const AHEAD: usize = 16;

/// A chunk, and what comes after it.
type View = [u8; CHUNK + AHEAD];

/// Which searches a chunk needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    pub(super) json: bool,
    pub(super) percent: bool,
    pub(super) html: bool,
    pub(super) utf16: bool,
    pub(super) run: bool,
}

impl Signs {
    fn any(&self) -> bool {
        self.json | self.percent | self.html | self.utf16 | self.run
    }
}

/// The first chunk from `at` on that needs a search.
pub(super) fn next(bytes: &[u8], mut at: usize) -> Option<(Range<usize>, Signs)> {
    while let Some(view) = bytes.get(at..).and_then(<[u8]>::first_chunk::<{ CHUNK + AHEAD }>) {
        let signs = signs(view);
        if signs.any() {
            return Some((at..at + CHUNK, signs));
        }
        at += CHUNK;
    }
    while at < bytes.len() {
        let rest = &bytes[at..bytes.len().min(at + CHUNK + AHEAD)];
        let mut view = [b' '; CHUNK + AHEAD];
        view[..rest.len()].copy_from_slice(rest);
        let signs = signs(&view);
        if signs.any() {
            return Some((at..bytes.len().min(at + CHUNK), signs));
        }
        at += CHUNK;
    }
    None
}

fn signs(view: &View) -> Signs {
    let mut signs = Signs { run: has_run(view), ..Signs::default() };
    if any(|at| view[at] == b'\\') {
        signs.json = has_escape(view);
    }
    if any(|at| (view[at] == b'%') | (view[at] == b'&') | (view[at] == 0)) {
        signs.percent = has_percent(view);
        signs.html = has_reference(view);
        signs.utf16 = has_alternating_nul(view);
    }
    signs
}

/// Whether a test holds at any place of a chunk.
#[inline]
fn any(test: impl Fn(usize) -> bool) -> bool {
    let mut lanes = [0_u8; LANES];
    for at in (0..CHUNK).step_by(LANES) {
        for lane in 0..LANES {
            lanes[lane] |= if test(at + lane) { 0xff } else { 0 };
        }
    }
    u128::from_ne_bytes(lanes) != 0
}

/// Whether any window is all of the base64 alphabet. The first test rules out spaces, quotes and brackets only, and is
/// the cheapest there is.
fn has_run(view: &View) -> bool {
    let mut dense = [0; CHUNK + AHEAD];
    for at in 0..CHUNK + AHEAD {
        dense[at] = if view[at].cast_signed() > b'*'.cast_signed() { 0xff } else { 0 };
    }
    let (words, _) = dense.as_chunks::<STRIDE>();
    let mut any = false;
    for pair in words.windows(2) {
        any |= u64::from_ne_bytes(pair[0]) & u64::from_ne_bytes(pair[1]) == u64::MAX;
    }
    any && (0..CHUNK).step_by(STRIDE).any(|at| {
        let full = u64::from_ne_bytes(words[at / STRIDE]) & u64::from_ne_bytes(words[at / STRIDE + 1]) == u64::MAX;
        full && view[at..].first_chunk().is_some_and(run::is_window)
    })
}

fn has_escape(view: &View) -> bool {
    let mut letters = [0; CHUNK];
    for at in 0..CHUNK {
        letters[at] = view[at + 1] | 0x20;
    }
    any(|at| (view[at] == b'\\') & ((letters[at] == b'u') | (letters[at] == b'x') | (letters[at] == b'/')))
}

fn has_percent(view: &View) -> bool {
    let is_digit = |byte: u8| (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6);
    any(|at| (view[at] == b'%') & is_digit(view[at + 1]) & is_digit(view[at + 2]))
}

fn has_reference(view: &View) -> bool {
    any(|at| {
        let named = (view[at + 3] == b';') | (view[at + 4] == b';') | (view[at + 5] == b';');
        (view[at] == b'&') & (named | (view[at + 1] == b'#'))
    })
}

/// Whether three NULs stand in a row with other bytes between them.
fn has_alternating_nul(view: &View) -> bool {
    let (mut even, mut odd) = ([0; CHUNK], [0; CHUNK]);
    for at in 0..CHUNK {
        even[at] = view[at] | view[at + 2] | view[at + 4];
    }
    for at in 0..CHUNK {
        odd[at] = view[at + 1].min(view[at + 3]);
    }
    any(|at| (even[at] == 0) & (odd[at] != 0))
}
