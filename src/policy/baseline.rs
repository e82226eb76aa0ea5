//! Baselines: what was found once and accepted, one entry a line, so that only what is new is open.

use std::collections::hash_map::{Entry as Slot, HashMap};
use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Read};

use crate::model::{Entry, Error, Finding, Fingerprint, Giver, Lapse, LapseState, Result, Status};
use crate::raw::Key;

/// Accepted findings, as read from a file of JSON lines.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    name: String,
    /// Each with its line, from 1.
    entries: Vec<(usize, Entry)>,
    sites: HashSet<Fingerprint>,
}

impl Baseline {
    /// Reads entries, one a line, in any order; empty lines are passed over, and so is an entry that stands there twice. `name` is the
    /// file as messages call it.
    ///
    /// # Errors
    /// [`Error::Config`] where a line is no entry, or one fingerprint has two different entries; [`Error::Output`] where reading fails.
    pub fn from_reader(name: &str, reader: impl Read) -> Result<Self> {
        let fault = |line, message| Error::Config { file: name.into(), line, message };
        let mut entries: Vec<(usize, Entry)> = Vec::new();
        let mut known: HashMap<Fingerprint, usize> = HashMap::new();
        for (line, text) in (1..).zip(BufReader::new(reader).split(b'\n')) {
            let text = text?;
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let entry: Entry = serde_json::from_slice(text).map_err(|error| fault(line, explain(text, &error)))?;
            match known.entry(entry.fingerprint) {
                Slot::Vacant(slot) => {
                    slot.insert(entries.len());
                    entries.push((line, entry));
                }
                Slot::Occupied(slot) => {
                    let (first, twin) = &entries[*slot.get()];
                    if *twin != entry {
                        let message =
                            format!("line {first} says something else of the same finding; keep one of the two");
                        return Err(fault(line, message));
                    }
                }
            }
        }
        let sites = entries.iter().map(|(_, entry)| entry.site).collect();
        Ok(Self { name: name.into(), entries, sites })
    }

    /// The entries, in the order of the file.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// What the baseline becomes once `found` is accepted, each finding with its own new entry; sorted. `lapses` are those of the scan that
    /// found it, with this baseline in force.
    ///
    /// Where an entry covers a finding, reason, owner and day of the entry stay, also where the day is past: an entry is renewed by hand or
    /// not at all. A stale one goes, and so does the old place of one that has moved. Entries that the scan says nothing of stay.
    pub fn update<'a>(&self, found: impl IntoIterator<Item = (&'a Finding, Entry)>, lapses: &[Lapse]) -> Vec<Entry> {
        let stale = lapses.iter().filter(|lapse| matches!(lapse.state, LapseState::Stale { .. }));
        let stale: HashSet<u64> = stale.map(|lapse| lapse.line).collect();
        let by_fingerprint: HashMap<Fingerprint, &Entry> =
            self.entries.iter().map(|(_, entry)| (entry.fingerprint, entry)).collect();
        let mut updated: BTreeMap<Fingerprint, Entry> = self
            .entries
            .iter()
            .filter(|(line, _)| !stale.contains(&(*line as u64)))
            .map(|(_, entry)| (entry.fingerprint, entry.clone()))
            .collect();
        let mut accepted = Vec::new();
        for (finding, mut entry) in found {
            let by = match finding.status() {
                Status::Suppressed(Giver::Baseline { entry: by, .. }) => *by,
                Status::Suppressed(_) => continue,
                Status::Open => entry.fingerprint,
            };
            if let Some(old) = by_fingerprint.get(&by)
                && old.value.zip(entry.value).is_none_or(|(old, new)| old == new)
            {
                entry.reason.clone_from(&old.reason);
                entry.owner.clone_from(&old.owner);
                entry.until = old.until;
                entry.value = entry.value.or(old.value);
                entry.key = entry.key.or_else(|| old.key.clone());
                // It may cover the finding at another place than its own.
                updated.remove(&by);
            }
            accepted.push(entry);
        }
        updated.extend(accepted.into_iter().map(|entry| (entry.fingerprint, entry)));
        updated.into_values().collect()
    }

    /// Paths of entries that are files' own names: not masked, not of a stream, not made readable.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let paths = self.entries().map(|entry| entry.path.as_str());
        paths.filter(|path| !path.contains("[masked]") && !path.contains('\\') && !path.starts_with('<'))
    }

    /// Whether nothing was ever accepted.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether some finding of this site was accepted.
    pub(super) fn knows(&self, site: [u8; 16]) -> bool {
        self.sites.contains(&Fingerprint(site))
    }

    /// Whether every value in it is told by `key`: under another one, no entry would cover anything.
    ///
    /// # Errors
    /// [`Error::Config`] with the first entry of another key.
    pub(crate) fn is_told_by(&self, key: &Key) -> Result<()> {
        let id = key.id();
        match self.entries.iter().find(|(_, entry)| entry.key.as_ref().is_some_and(|key| *key != id)) {
            None => Ok(()),
            Some((line, entry)) => Err(Error::Config {
                file: self.name.clone(),
                line: *line,
                message: format!(
                    "written under key {}, and the key given is {id}; give that key, or accept anew under this one: \
                     `tightlip baseline -o FILE`",
                    entry.key.as_deref().unwrap_or_default()
                ),
            }),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn lines(&self) -> &[(usize, Entry)] {
        &self.entries
    }
}

/// What is wrong with a line, and the mend. Never a value: it may be a line of the wrong file.
fn explain(line: &[u8], error: &serde_json::Error) -> String {
    if [&b"<<<<<<<"[..], b"|||||||", b"=======", b">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
        return "a merge conflict is left here; keep the lines of both sides".into();
    }
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let says = |start: &str| message.starts_with(start);
    if says("unknown field") {
        let key = message.split('`').nth(1).unwrap_or_default();
        format!("an entry has no key `{key}`; `tightlip baseline` writes entries")
    } else if ["missing field", "duplicate field", "a fingerprint is", "a date is"].into_iter().any(says) {
        format!("{message}; `tightlip baseline` writes entries")
    } else if error.is_data() {
        "this is no entry: all its values are texts; `tightlip baseline` writes entries".into()
    } else {
        "this is not JSON; a baseline has one entry a line, as `tightlip baseline` writes it".into()
    }
}
