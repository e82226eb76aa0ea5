//! Decode layers: text that hides behind an encoding, decoded so that every rule can search it.
//!
//! One pass finds the places, [`Layers::decode`] decodes a region around each, and every byte belongs to at most one
//! region, so a level costs no more than its input. What a region still hides is left for the next level.

mod base64;
#[cfg(test)]
mod bench;
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
use scout::Signs;

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

/// A place that may be worth decoding.
#[derive(Debug)]
enum Place {
    Json(usize),
    Percent(usize),
    Html(usize),
    Utf16(utf16::Seed),
    Run(Range<usize>),
}

impl Place {
    fn start(&self) -> usize {
        match self {
            Self::Json(start) | Self::Percent(start) | Self::Html(start) => *start,
            Self::Utf16(seed) => seed.start,
            Self::Run(run) => run.start,
        }
    }
}

impl Layers {
    /// Decodes what is encoded in `bytes`, one level deep.
    pub(crate) fn decode(&mut self, bytes: &[u8]) {
        for layer in [
            &mut self.json,
            &mut self.base64,
            &mut self.percent,
            &mut self.hex,
            &mut self.html,
            &mut self.utf16,
        ] {
            layer.clear();
        }
        let marked = utf16::marked(bytes);
        // No region begins before `floor`; runs before `tried` are known to be no text.
        let mut floor = marked.map_or(0, |seed| utf16::decode(bytes, seed.start, seed, &mut self.utf16));
        let (mut at, mut tried) = (floor, floor);
        while let Some((part, signs)) = scout::next(bytes, at) {
            match first_place(bytes, &part, &signs, floor, tried) {
                None => at = part.end,
                Some(Place::Run(run)) => {
                    floor = self.decode_run(bytes, run.clone()).unwrap_or(floor);
                    tried = floor.max(run.end);
                    at = tried;
                }
                Some(place) => {
                    floor = self.decode_place(bytes, floor, place);
                    tried = floor;
                    at = floor;
                }
            }
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

    fn decode_place(&mut self, bytes: &[u8], floor: usize, place: Place) -> usize {
        match place {
            Place::Json(trigger) => json::JSON.decode(bytes, floor, trigger, &mut self.json),
            Place::Percent(trigger) => percent::PERCENT.decode(bytes, floor, trigger, &mut self.percent),
            Place::Html(trigger) => html::HTML.decode(bytes, floor, trigger, &mut self.html),
            Place::Utf16(seed) => utf16::decode(bytes, floor, seed, &mut self.utf16),
            Place::Run(run) => run.end,
        }
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
        let hex = heads(bytes, &run).find_map(|head| hex::decode(bytes, head, run.end, &mut self.hex));
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
    let escape = |marker: &usize| [json::JSON, percent::PERCENT].iter().find_map(|notation| notation.len_at(bytes, *marker));
    start.checked_sub(1).and_then(|marker| Some(marker + escape(&marker)?)).unwrap_or(start)
}

/// The first place in `part` that may be worth decoding.
fn first_place(bytes: &[u8], part: &Range<usize>, signs: &Signs, floor: usize, tried: usize) -> Option<Place> {
    let escape = |sign: bool, notation: Notation| {
        let mut part = part.clone();
        sign.then(|| part.find(|at| notation.hides_at(bytes, *at))).flatten()
    };
    [
        escape(signs.json, json::JSON).map(Place::Json),
        escape(signs.percent, percent::PERCENT).map(Place::Percent),
        escape(signs.html, html::HTML).map(Place::Html),
        signs.utf16.then(|| utf16::find(bytes, part.clone(), floor)).flatten().map(Place::Utf16),
        signs.run.then(|| run::find(bytes, part.clone(), tried)).flatten().map(Place::Run),
    ]
    .into_iter()
    .flatten()
    .min_by_key(Place::start)
}
