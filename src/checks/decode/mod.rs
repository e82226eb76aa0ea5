//! Decode layers: text that hides behind an encoding, decoded so that every rule can search it.
//!
//! One pass finds the places, [`Layers::decode`] decodes a region around each, and every byte belongs to at most one
//! region, so a level costs no more than its input. What a region still hides is left for the next level.

mod alphabet;
mod base64;
mod escape;
mod hex;
mod html;
mod json;
mod layer;
mod percent;
mod run;
mod scout;
mod terminal;
mod utf16;

use crate::model::Encoding;
use escape::Notation;
pub(crate) use layer::Layer;
use scout::{CHUNK, Sign};

/// The layers of a text, one for each encoding.
#[derive(Default)]
pub(crate) struct Layers {
    json: Layer,
    base64: Layer,
    percent: Layer,
    hex: Layer,
    html: Layer,
    utf16: Layer,
    colours: Layer,
    folds: Layer,
    /// Whether a backslash begins an escape that may colour text.
    has_written_colours: bool,
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
            &mut self.colours,
            &mut self.folds,
        ] {
            layer.clear();
        }
        let marked = utf16::marked(bytes);
        self.has_written_colours = false;
        // No region begins before `floor`; runs before `tried` are known to be no text.
        let mut floor = marked.map_or(0, |seed| utf16::decode(bytes, seed.start, seed, &mut self.utf16));
        let mut tried = floor;
        // Windows are tried at places that only the text decides, not what was decoded before them.
        let aligned = |floor: usize| floor - floor % scout::STRIDE;
        let mut at = aligned(floor);
        while let Some((chunk, mut signs)) = scout::next(bytes, at) {
            while let Some((place, sign)) = signs.take(floor.saturating_sub(chunk)) {
                self.decode_at(bytes, chunk + place, sign, &mut floor, &mut tried);
            }
            // What a region covers is not looked at again.
            at = aligned(floor).max(chunk + CHUNK);
        }
    }

    /// Takes out of `bytes` what a terminal put in. Only of the text as it is stored: layers that hide such text would cost as much again.
    pub(crate) fn decode_terminal(&mut self, bytes: &[u8]) {
        terminal::uncolour(bytes, self.has_written_colours, &mut self.colours);
        terminal::unfold(bytes, &mut self.folds);
    }

    /// Decodes the region around one place, if it is worth one.
    fn decode_at(&mut self, bytes: &[u8], at: usize, sign: Sign, floor: &mut usize, tried: &mut usize) {
        let (notation, layer) = match sign {
            Sign::Json => {
                self.has_written_colours |= terminal::is_written_at(bytes, at);
                (json::JSON, &mut self.json)
            }
            Sign::Percent => (percent::PERCENT, &mut self.percent),
            Sign::Html => (html::HTML, &mut self.html),
            Sign::Wide => {
                if let Some(seed) = utf16::at(bytes, at, *floor) {
                    *floor = utf16::decode(bytes, *floor, seed, &mut self.utf16);
                }
                return;
            }
            Sign::Run => {
                if at >= (*tried).max(*floor) {
                    *tried = at + scout::WINDOW;
                    *floor = self.decode_run(bytes, at, *floor).unwrap_or(*floor);
                }
                return;
            }
        };
        if notation.hides_at(bytes, at) {
            *floor = notation.decode(bytes, *floor, at, layer);
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
            (Encoding::Terminal, &self.colours),
            (Encoding::Terminal, &self.folds),
        ]
        .into_iter()
        .filter(|(_, layer)| !layer.bytes().is_empty())
    }

    /// Decodes the run around a window if the window reads as text; says where the region ends. The region grows from the window to both
    /// sides, so it does not matter what stands before it in the run (`data/`, `key-`), or whether the block begins inside it.
    fn decode_run(&mut self, bytes: &[u8], at: usize, floor: usize) -> Option<usize> {
        let end = bytes.len().min(at + scout::WINDOW);
        if hex::is_window(&bytes[at..end]) {
            let inside = hex::text_start(bytes, at, end, floor)?;
            return hex::decode(bytes, inside, floor, &mut self.hex);
        }
        let inside = base64::text_start(bytes, at, end, floor)?;
        let mut run = run::around(bytes, at, floor);
        if run.end <= inside {
            // The alphabet changes ahead of this place: the run that holds it begins here.
            run = run::around(bytes, at, at);
        }
        if run.end <= inside {
            return None;
        }
        let escaped = |notation: &Notation| notation.hides_at(bytes, run.end);
        let is_whole_behind =
            run.len() <= escape::LONGEST && [json::JSON, percent::PERCENT, html::HTML].iter().any(escaped);
        if run.len() < run::SHORTEST || is_whole_behind {
            // Too short, or it goes on behind an escape: then it is whole at the next level.
            return None;
        }
        // The window may have begun with letters of the escape: its first whole quad behind them counts.
        let first = after_escape(bytes, run.start);
        let inside = inside + first.saturating_sub(inside).next_multiple_of(4);
        if run.end <= inside {
            return None;
        }
        Some(base64::decode(bytes, first, inside, run.end, &mut self.base64))
    }
}

/// A run may begin with the letters of an escape that ends there: the `n` of `\n` is no part of it.
fn after_escape(bytes: &[u8], start: usize) -> usize {
    let escape =
        |marker: &usize| [json::JSON, percent::PERCENT].iter().find_map(|notation| notation.len_at(bytes, *marker));
    start.checked_sub(1).and_then(|marker| Some(marker + escape(&marker)?)).unwrap_or(start)
}

#[cfg(test)]
mod tests;
