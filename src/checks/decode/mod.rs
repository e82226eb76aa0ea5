//! Decode layers: text that hides behind an encoding, decoded so that every rule can search it.
//!
//! One pass finds the places, [`Layers::decode`] decodes a region around each, and every byte belongs to at most one
//! region, so a level costs no more than its input. What a region still hides is left for the next level.

mod base64;
mod escape;
mod hex;
mod html;
mod json;
mod layer;
mod percent;
mod run;
mod scout;
mod utf16;

use std::ops::Range;

use crate::model::Encoding;
use escape::Notation;
pub(crate) use layer::Layer;
use scout::{CHUNK, Sign};

/// In a long run, the middle is tried as well: what stands at the start may be no part of it.
const LONG_RUN: usize = 96;
/// Where separators are looked for at the start of a run.
const PREFIX: usize = 64;
/// How many of them are taken for the end of a prefix.
const MOST_PREFIXES: usize = 4;

/// The layers of a text, one for each encoding.
#[derive(Default)]
pub(crate) struct Layers {
    json: Layer,
    base64: Layer,
    percent: Layer,
    hex: Layer,
    html: Layer,
    utf16: Layer,
}

impl Layers {
    /// Decodes what is encoded in `bytes`, one level deep.
    pub(crate) fn decode(&mut self, bytes: &[u8]) {
        for layer in
            [&mut self.json, &mut self.base64, &mut self.percent, &mut self.hex, &mut self.html, &mut self.utf16]
        {
            layer.clear();
        }
        let marked = utf16::marked(bytes);
        // No region begins before `floor`; runs before `tried` are known to be no text.
        let mut floor = marked.map_or(0, |seed| utf16::decode(bytes, seed.start, seed, &mut self.utf16));
        let mut tried = floor;
        let mut tail = [0; CHUNK + scout::AHEAD];
        let mut chunk = floor / CHUNK * CHUNK;
        while chunk < bytes.len() {
            let mut signs = scout::signs(scout::view(bytes, chunk, &mut tail));
            while let Some((at, sign)) = signs.take(floor.saturating_sub(chunk)) {
                self.decode_at(bytes, chunk + at, sign, &mut floor, &mut tried);
            }
            // What a region covers is not looked at again.
            chunk = (chunk + CHUNK).max(floor / CHUNK * CHUNK);
        }
    }

    /// Decodes the region around one place, if it is worth one.
    fn decode_at(&mut self, bytes: &[u8], at: usize, sign: Sign, floor: &mut usize, tried: &mut usize) {
        let (notation, layer) = match sign {
            Sign::Json => (json::JSON, &mut self.json),
            Sign::Percent => (percent::PERCENT, &mut self.percent),
            Sign::Html => (html::HTML, &mut self.html),
            Sign::Wide => {
                if let Some(seed) = utf16::at(bytes, at, *floor) {
                    *floor = utf16::decode(bytes, *floor, seed, &mut self.utf16);
                }
                return;
            }
            Sign::Run => {
                if at >= *tried {
                    match run::around(bytes, at, *tried) {
                        Ok(run) => {
                            *tried = run.end;
                            *floor = self.decode_run(bytes, run).unwrap_or(*floor);
                        }
                        Err(end) => *tried = end,
                    }
                    *tried = (*tried).max(*floor);
                }
                return;
            }
        };
        if notation.hides_at(bytes, at) {
            *floor = notation.decode(bytes, *floor, at, layer);
            *tried = (*tried).max(*floor);
        }
    }

    /// The layers that hold anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Encoding, &Layer)> {
        [
            (Encoding::Json, &self.json),
            (Encoding::Base64, &self.base64),
            (Encoding::Percent, &self.percent),
            (Encoding::Hex, &self.hex),
            (Encoding::Html, &self.html),
            (Encoding::Utf16, &self.utf16),
        ]
        .into_iter()
        .filter(|(_, layer)| !layer.bytes().is_empty())
    }

    /// Decodes a run as far as it is text; says where the last region ends.
    fn decode_run(&mut self, bytes: &[u8], run: Range<usize>) -> Option<usize> {
        let escaped = |notation: &Notation| notation.hides_at(bytes, run.end);
        if [json::JSON, percent::PERCENT, html::HTML].iter().any(escaped) {
            // The run goes on behind an escape: it is whole at the next level.
            return None;
        }
        let mut start = after_escape(bytes, run.start);
        let mut end = None;
        while start < run.end
            && let Some(next) = self.decode_head(bytes, start..run.end)
        {
            start = next;
            end = Some(next);
        }
        end
    }

    fn decode_head(&mut self, bytes: &[u8], run: Range<usize>) -> Option<usize> {
        let hex = if hex::is_run(&bytes[run.clone()]) {
            hex::decode(bytes, run.start, run.end, &mut self.hex)
        } else {
            // `data_`, `key-` and the like may stand before it.
            let prefixed = (run.len() > hex::SHORTEST).then(|| heads(bytes, &run).nth(1)).flatten();
            prefixed.and_then(|head| hex::decode(bytes, head, run.end, &mut self.hex))
        };
        if hex.is_some() || run.len() < run::SHORTEST || !base64::is_plausible(&bytes[run.clone()]) {
            return hex;
        }
        let middle = (run.len() >= LONG_RUN).then(|| {
            let start = base64::text_start(bytes, run.start + run.len() / 2, run.end)?;
            Some(run.start + (start - run.start) % 4)
        });
        let start = heads(bytes, &run).find_map(|head| base64::text_start(bytes, head, run.end)).or(middle.flatten())?;
        Some(base64::decode(bytes, start, run.end, &mut self.base64))
    }
}

/// Where encoded text may begin in a run: at its start, or after what looks like the end of a path or a prefix.
fn heads<'a>(bytes: &'a [u8], run: &Range<usize>) -> impl Iterator<Item = usize> + 'a {
    let start = run.start;
    let last = run.end.saturating_sub(run::SHORTEST);
    let prefix = &bytes[start..run.end.min(start + PREFIX)];
    let separators = prefix.iter().enumerate().filter(|(_, byte)| matches!(byte, b'/' | b'+' | b'-' | b'_'));
    let after = separators.map(move |(at, _)| start + at + 1).take(MOST_PREFIXES).take_while(move |head| *head <= last);
    std::iter::once(start).chain(after)
}

/// A run may begin with the letters of an escape that ends there: the `n` of `\n` is no part of it.
fn after_escape(bytes: &[u8], start: usize) -> usize {
    let escape =
        |marker: &usize| [json::JSON, percent::PERCENT].iter().find_map(|notation| notation.len_at(bytes, *marker));
    start.checked_sub(1).and_then(|marker| Some(marker + escape(&marker)?)).unwrap_or(start)
}

#[cfg(test)]
mod tests;
