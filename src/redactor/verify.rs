//! Is a directory of copies what its manifest says, is it all, and is it clean?

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::Redactor;
use super::copy::is_manifest;
use super::file::{self, Done};
use super::packed::Packer;
use crate::fence::{self, Fence, OpenFile, Sandbox};
use crate::model::{Error, Result};
use crate::redact::{Digest, Manifest};
use crate::scanner::{Watch, packing};
use crate::sources::{self, Found, Source};

/// A manifest of a million copies is far below this.
const LARGEST_MANIFEST: u64 = 1 << 30;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, relative to the directory.
    pub path: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What can be wrong with copies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FaultKind {
    /// The rules find something in it.
    NotClean {
        /// The rules.
        rules: Vec<String>,
    },
    /// It is not the file that the manifest speaks of.
    Changed,
    /// The manifest speaks of it, and it is not there.
    Missing,
    /// It is there, and the manifest does not speak of it.
    Unlisted,
    /// It could not be read.
    Unread {
        /// Why.
        reason: String,
    },
    /// Its original, redacted anew, does not give it.
    NotOfOriginal {
        /// In which way.
        reason: String,
    },
}

/// What was found of a directory of copies.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// All that is wrong, in path order.
    pub faults: Vec<Fault>,
    /// Files read.
    pub files: u64,
    /// The manifest they were held against, as it is stored: the text that a signature is of.
    pub manifest: String,
}

impl Verdict {
    /// The exit code of the contract: 4 where something is not what the manifest says, 1 where something is not clean, 3 where something
    /// could not be read, else 0.
    pub fn exit_code(&self) -> u8 {
        let any = |is: fn(&FaultKind) -> bool| self.faults.iter().any(|fault| is(&fault.kind));
        let differs = |kind: &FaultKind| !matches!(kind, FaultKind::NotClean { .. } | FaultKind::Unread { .. });
        match () {
            () if any(differs) => 4,
            () if any(|kind| matches!(kind, FaultKind::NotClean { .. })) => 1,
            () if any(|kind| matches!(kind, FaultKind::Unread { .. })) => 3,
            () => 0,
        }
    }
}

impl Redactor<'_> {
    /// Holds a directory of copies against its manifest: every file is listed, every listed file is there with its digest, and in none
    /// of them is anything found. With `originals`, the directory that the names of the copies are relative to, each original is
    /// redacted anew and must give its copy, byte for byte; that takes the key of the run.
    ///
    /// # Errors
    /// [`Error::File`] where there is no manifest, [`Error::Setting`] where the key is another, [`Error::Interrupted`].
    pub fn verify(&self, dir: &Path, originals: Option<&Path>, watch: &Watch) -> Result<Verdict> {
        let (text, manifest) = read_manifest(dir, self.scanner.fence())?;
        if originals.is_some() && manifest.key() != self.key.id() {
            return Err(Error::Setting("the key is not the one that the copies were made with".into()));
        }
        let digests: BTreeMap<&str, &Digest> =
            manifest.subjects().iter().map(|subject| (subject.name.as_str(), &subject.digest)).collect();
        let seen = Mutex::new((Verdict::default(), digests.clone()));
        let note = |path: &str, faults: Vec<FaultKind>| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.1.remove(path);
            seen.0.files += 1;
            seen.0.faults.extend(faults.into_iter().map(|kind| Fault { path: path.to_owned(), kind }));
        };
        let source = Source::walk([dir]).and_links();
        let fence = self.scanner.fence();
        let sandbox = originals.into_iter().fold(Sandbox::new().read(dir), Sandbox::read);
        sandbox.within(fence, self.sandbox, || {
            sources::walk(&source, self.scanner.threads(), fence, || {
                |found: Found| {
                    self.inspect(dir, found, &digests, originals, watch, &note);
                    if watch.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                }
            })
        })?;
        if watch.is_stopped() {
            return Err(Error::Interrupted);
        }
        let (mut verdict, missing) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let missing = missing.into_keys().map(|name| Fault { path: name.to_owned(), kind: FaultKind::Missing });
        verdict.faults.extend(missing);
        verdict.faults.sort();
        verdict.manifest = text;
        Ok(verdict)
    }

    fn inspect(
        &self,
        dir: &Path,
        found: Found,
        digests: &BTreeMap<&str, &Digest>,
        originals: Option<&Path>,
        watch: &Watch,
        note: &dyn Fn(&str, Vec<FaultKind>),
    ) {
        let path = match found {
            Found::File { path, .. } => path,
            Found::Skipped { shown, .. } => {
                return note(&self.scanner.path_text(&shown).to_string(), vec![FaultKind::Unlisted]);
            }
        };
        let below = path.strip_prefix(dir).unwrap_or(&path);
        if is_manifest(below) {
            return;
        }
        let name = self.scanner.path_text(below.as_os_str().as_encoded_bytes()).to_string();
        let Some(digest) = digests.get(name.as_str()) else { return note(&name, vec![FaultKind::Unlisted]) };
        let mut faults = Vec::new();
        match self.redacted(&path, name.as_bytes(), watch) {
            Err(reason) => faults.push(FaultKind::Unread { reason }),
            Ok(done) => {
                if Digest::of(&done.original) != **digest {
                    faults.push(FaultKind::Changed);
                }
                if done.copy != done.original {
                    let mut rules: Vec<_> = done.counts.keys().map(|found| found.rule.to_string()).collect();
                    rules.dedup();
                    faults.push(FaultKind::NotClean { rules });
                }
            }
        }
        if let Some(originals) = originals {
            let reason = match self.redacted(&originals.join(&name), name.as_bytes(), watch) {
                Err(reason) => Some(format!("its original: {reason}")),
                Ok(done) => (Digest::of(&done.copy) != **digest).then(|| "it gives something else".into()),
            };
            faults.extend(reason.map(|reason| FaultKind::NotOfOriginal { reason }));
        }
        note(&name, faults);
    }

    /// Redacts a file into nothing.
    fn redacted(&self, path: &Path, name: &[u8], watch: &Watch) -> Result<Done, String> {
        let redact = |file: &OpenFile| {
            if let Some(packing) = packing(file) {
                Packer { redactor: self, watch, room: None }.redact(file, packing, name, &mut io::sink())
            } else if file.len() > file::LARGEST_WHOLE {
                file::in_windows(&self.plan(), file, watch, &mut io::sink())
            } else {
                file::whole(self, file, name, watch, &mut io::sink())
            }
        };
        let file = self.scanner.open(path, false).map_err(|reason| reason.describe())?;
        redact(&file).map_err(|failure| failure.to_string())
    }
}

fn read_manifest(dir: &Path, fence: &Fence) -> Result<(String, Manifest)> {
    fence.refuse_named(dir, "the copies lie in it")?;
    let path = dir.join(Manifest::NAME);
    let read = || {
        let text = fence::read_small(fence.admit_own(&path)?, LARGEST_MANIFEST)?;
        let manifest = Manifest::from_json(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok((text, manifest))
    };
    read().map_err(|source| Error::File { path: path.clone(), source })
}
