//! The fast search for places that may be worth decoding. Written so that the compiler turns the folds into vector code.

use std::ops::Range;

use super::run;

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

#[inline(always)]
fn signs(view: &View) -> Signs {
    let chunk = &view[..CHUNK];
    let mut signs = Signs { run: has_run(view), ..Signs::default() };
    if chunk.iter().fold(false, |any, &byte| any | (byte == b'\\')) {
        signs.json = has_escape(view);
    }
    if chunk.iter().fold(false, |any, &byte| any | (byte == b'%') | (byte == b'&') | (byte == 0)) {
        signs.percent = has_percent(view);
        signs.html = has_reference(view);
        signs.utf16 = has_alternating_nul(view);
    }
    signs
}

#[inline(always)]
fn has_run(view: &View) -> bool {
    (0..CHUNK).step_by(run::STRIDE).any(|at| run::is_window(&view[at..at + run::WINDOW]))
}

fn has_escape(view: &View) -> bool {
    (0..CHUNK).fold(false, |any, at| {
        let letter = view[at + 1] | 0x20;
        any | ((view[at] == b'\\') & ((letter == b'u') | (letter == b'x') | (letter == b'/')))
    })
}

fn has_percent(view: &View) -> bool {
    (0..CHUNK).fold(false, |any, at| {
        any | ((view[at] == b'%') & view[at + 1].is_ascii_hexdigit() & view[at + 2].is_ascii_hexdigit())
    })
}

fn has_reference(view: &View) -> bool {
    (0..CHUNK).fold(false, |any, at| {
        let named = (view[at + 3] == b';') | (view[at + 4] == b';') | (view[at + 5] == b';');
        any | ((view[at] == b'&') & (named | (view[at + 1] == b'#')))
    })
}

fn has_alternating_nul(view: &View) -> bool {
    (0..CHUNK).fold(false, |any, at| {
        let nul = (view[at] == 0) & (view[at + 2] == 0) & (view[at + 4] == 0);
        any | (nul & (view[at + 1] != 0) & (view[at + 3] != 0))
    })
}
