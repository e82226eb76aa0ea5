//! Known values: what the user says is secret, each with the name it goes by.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use zeroize::Zeroizing;

use super::{SecretBytes, is_word};

/// A shorter value would be found everywhere.
const SHORTEST: usize = 8;

/// A longer value is looked for in pieces, so that each of them, however it is written, lies within what a block sees.
const LONGEST: usize = 4 << 10;

/// A value of fewer different bytes is a line to rule off with.
const LEAST_DIFFERENT: usize = 3;

/// Names are part of rule ids and placeholders.
const LONGEST_NAME: usize = 48;

/// So many bytes of a value are said by no name.
const PIECE: usize = 8;

/// What no name may hold.
type Pieces = Zeroizing<Vec<[u8; PIECE]>>;

/// Values that are known to be secret. They are looked for exactly, and in every encoding they take on; reports call them by their names.
///
/// No value is ever shown, also not by `Debug`, and all are wiped from memory when dropped.
#[derive(Clone, Default)]
pub struct KnownValues {
    values: Vec<KnownValue>,
    refused: Vec<(String, Title)>,
    unmatched: Vec<String>,
}

/// One value, and what it goes by.
#[derive(Clone)]
struct KnownValue {
    title: Title,
    value: SecretBytes,
}

/// What a value goes by: its key, or where it has none, or none that may be said, its place.
#[derive(Clone)]
struct Title {
    key: Option<String>,
    place: String,
}

impl KnownValues {
    /// Adds a value under its key. White space around it does not count. A value under 8 bytes, or of one or two different bytes only,
    /// is not added, and told by [`KnownValues::warnings`].
    pub fn add(&mut self, key: &str, value: &[u8]) {
        self.push("", Some(key.to_owned()), format!("value-{}", self.values.len() + 1), value);
    }

    /// Adds a value of a file or of the environment, which is `source`.
    pub(crate) fn push(&mut self, source: &str, key: Option<String>, place: String, value: &[u8]) {
        let value = value.trim_ascii();
        let title = Title { key, place };
        if value.is_empty() {
            return;
        }
        if !Self::is_enough(value) {
            self.refused.push((source.to_owned(), title));
            return;
        }
        let pieces = value.len().div_ceil(LONGEST);
        let pieces = value.chunks(value.len().div_ceil(pieces));
        self.values.extend(pieces.map(|piece| KnownValue { title: title.clone(), value: SecretBytes::new(piece) }));
    }

    /// Whether a value can be told from other text.
    pub(crate) fn is_enough(value: &[u8]) -> bool {
        value.len() >= SHORTEST && value.iter().collect::<HashSet<_>>().len() >= LEAST_DIFFERENT
    }

    /// Adds what another set holds.
    pub fn merge(&mut self, other: Self) {
        self.values.extend(other.values);
        self.refused.extend(other.refused);
        self.unmatched.extend(other.unmatched);
    }

    /// Remembers that a pattern matched no variable.
    pub(crate) fn miss(&mut self, pattern: &str) {
        self.unmatched.push(pattern.to_owned());
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What was given and is not looked for, in words for people: the names, and why.
    pub fn warnings(&self) -> Vec<String> {
        let pieces = self.pieces();
        let mut by_source: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (source, title) in &self.refused {
            by_source.entry(source).or_default().push(title.name(&pieces));
        }
        let refused = by_source.into_iter().map(|(source, names)| {
            let colon = if source.is_empty() { "" } else { ": " };
            let names = names.join(", ");
            format!("{source}{colon}not looked for, because it is under 8 bytes or repeats one or two: {names}")
        });
        let unmatched = self.unmatched.iter().map(|pattern| format!("no environment variable matches `{pattern}`"));
        refused.chain(unmatched).collect()
    }

    /// Each value once, with a name of its own.
    pub(crate) fn named(&self) -> Vec<(String, &SecretBytes)> {
        let pieces = self.pieces();
        let (mut seen, mut taken) = (HashSet::new(), HashSet::new());
        let mut counts: HashMap<String, u32> = HashMap::new();
        let new = self.values.iter().filter(|known| seen.insert(known.value.expose()));
        let named = new.map(|known| {
            let name = known.title.name(&pieces);
            let count = counts.entry(name.clone()).or_default();
            loop {
                *count += 1;
                let name = if *count == 1 { name.clone() } else { format!("{name}-{count}") };
                if taken.insert(name.clone()) {
                    return (name, &known.value);
                }
            }
        });
        named.collect()
    }

    /// All pieces of all values, as names are written, in order.
    fn pieces(&self) -> Pieces {
        let len = self.values.iter().map(|known| known.value.expose().len()).sum();
        let mut pieces = Zeroizing::new(Vec::with_capacity(len));
        for window in self.values.iter().flat_map(|known| known.value.expose().windows(PIECE)) {
            pieces.push(std::array::from_fn(|at| letter(window[at])));
        }
        pieces.sort_unstable();
        pieces
    }
}

impl Title {
    /// The key as a part of rule ids, if it may be said: readable, and no piece of any value. Else the place.
    fn name(&self, pieces: &Pieces) -> String {
        let key = self.key.as_deref().unwrap_or_default().as_bytes();
        let parts = || key.split(|byte| !byte.is_ascii_alphanumeric());
        let name = parts().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&b'-');
        let name: String = name.into_iter().map(|byte| char::from(letter(byte))).collect();
        let is_piece = |window: &[u8]| pieces.binary_search_by(|piece| piece[..].cmp(window)).is_ok();
        let is_sayable = (1..=LONGEST_NAME).contains(&name.len())
            && parts().all(is_word)
            && !name.as_bytes().windows(PIECE).any(is_piece);
        if is_sayable { name } else { self.place.clone() }
    }
}

/// A byte as names have it.
fn letter(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' }
}

impl fmt::Debug for KnownValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownValues({} values)", self.values.len())
    }
}
