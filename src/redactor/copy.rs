//! Copies of a tree: whole or not at all, each proven, and a manifest of all.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Redactor;
use super::file::{self, Done, Failure};
use super::packed::Packer;
use crate::fence::{Directory, OpenFile, OutputFile, system_text};
use crate::model::{Error, PathText, Result, SkipReason};
use crate::redact::{Counts, Digest, Input, Keyed, Maker, Manifest, Outcome, Plan, Refusal, Subject};
use crate::scanner::{Watch, packing};
use crate::sources::{self, Found, Source};
use crate::unpack::Packing;

impl Redactor<'_> {
    /// Writes redacted copies of all that `source` names into the directory `into`, and a manifest beside them.
    ///
    /// A copy has the name of its original relative to the current directory; of a path outside of it, the part behind the root.
    /// What is there already under that name is replaced, in one step, once the copy is proven.
    ///
    /// # Errors
    /// [`Error::MissingPath`] and [`Error::Setting`] before anything is written; [`Error::File`] where `into` itself cannot be written;
    /// [`Error::Interrupted`] when `watch` says stop. What could not be copied is no error but an [`Input`] of the manifest.
    pub fn copy(&self, source: &Source, into: &Path, watch: &Watch) -> Result<Manifest> {
        let wrong = |error: io::Error| Error::File { path: into.to_path_buf(), source: error };
        keep_apart(source, into)?;
        let fence = self.scanner.fence();
        let directory = Directory::create(&fence.admit_output(into)?, fence.clone()).map_err(wrong)?;
        let sandbox = source.sandbox().read(into).write(into);
        sandbox.within(fence, self.sandbox, || self.fill(&directory, source, into, watch))
    }

    fn fill(&self, directory: &Directory, source: &Source, into: &Path, watch: &Watch) -> Result<Manifest> {
        let wrong = |error: io::Error| Error::File { path: into.to_path_buf(), source: error };
        let strangers = directory.sweep().map_err(wrong)?;
        for name in [Manifest::NAME, Manifest::SIGNATURE] {
            directory.remove(name).map_err(wrong)?;
        }
        let run = Run { redactor: self, directory, watch, gathered: Mutex::default() };
        let source = source.clone().and_links();
        sources::walk(&source, self.scanner.threads(), self.scanner.fence(), || {
            |found: Found| run.found(&source, found)
        })?;
        run.long_files()?;
        if watch.is_stopped() {
            return Err(Error::Interrupted);
        }
        let Gathered { mut inputs, subjects, counts, .. } =
            run.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ours: HashSet<PathBuf> = subjects.iter().map(|subject| PathBuf::from(&subject.name)).collect();
        inputs.extend(strangers.into_iter().filter(|name| !ours.contains(name) && !is_manifest(name)).map(|name| {
            let path = self.scanner.path_text(into.join(name).as_os_str().as_encoded_bytes());
            let reason = Some("stands among the copies and is none of this run".into());
            Input { reason, is_complete: false, ..Input::new(path.to_string(), Outcome::Skipped) }
        }));
        let manifest = Manifest::new(self.maker(), subjects, inputs, &counts);
        let mut output = directory.output(Path::new(Manifest::NAME), 0o600).map_err(wrong)?;
        output.write_all(manifest.to_json().as_bytes())?;
        // Names that the manifest lists are durable before its own.
        directory.sync();
        output.commit()?;
        Ok(manifest)
    }

    fn maker(&self) -> Maker {
        Maker {
            ruleset: self.scanner.ruleset(),
            configuration: self.configuration.clone(),
            key: self.key.id(),
            walls: self.scanner.fence().walls(),
        }
    }
}

/// Whether a name in the directory of the copies is that of the manifest or its signature.
pub(super) fn is_manifest(name: &Path) -> bool {
    [Manifest::NAME, Manifest::SIGNATURE].iter().any(|own| name == Path::new(own))
}

/// Copies among originals, or the reverse, would be taken for what they are not.
fn keep_apart(source: &Source, into: &Path) -> Result<()> {
    let mut missing = source.paths().iter().filter(|path| matches!(path.try_exists(), Ok(false)));
    if let Some(path) = missing.next() {
        return Err(Error::MissingPath { path: path.clone(), more: missing.count() });
    }
    let place = place_of(into);
    for path in source.paths() {
        let original = place_of(path);
        let (inner, outer) = if place.starts_with(&original) { (into, path.as_path()) } else { (path.as_path(), into) };
        if place.starts_with(&original) || original.starts_with(&place) {
            let (inner, outer) = (inner.display(), outer.display());
            let mend = "choose a directory that holds no originals and is held by none";
            return Err(Error::Setting(format!("{inner} lies inside {outer}; {mend}")));
        }
    }
    Ok(())
}

/// Where a path leads to, even if its last parts are still missing.
fn place_of(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let known = path.ancestors().find_map(|above| Some((above.canonicalize().ok()?, path.strip_prefix(above).ok()?)));
    known.map_or_else(|| path.clone(), |(above, rest)| above.join(rest))
}

/// The name of the copy of what is shown under `path`: the part of it that leads downward.
pub(super) fn copy_name(path: &PathText) -> Option<String> {
    let text = path.to_string();
    let parts = Path::new(&text).components();
    let down = parts.skip_while(|part| !matches!(part, Component::Normal(_)));
    let names: Option<Vec<&str>> = down
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join("/"))
}

/// One run of copying.
struct Run<'r> {
    redactor: &'r Redactor<'r>,
    directory: &'r Directory,
    watch: &'r Watch,
    gathered: Mutex<Gathered>,
}

#[derive(Default)]
struct Gathered {
    inputs: Vec<Input>,
    subjects: Vec<Subject>,
    counts: Counts,
    /// The names of copies that are made, or being made.
    taken: HashSet<String>,
    /// Files that all threads do together, and their names as they are and as they are shown.
    long: Vec<(OpenFile, Vec<u8>, PathText)>,
}

impl Run<'_> {
    fn found(&self, source: &Source, found: Found) -> ControlFlow<()> {
        let scanner = self.redactor.scanner;
        match found {
            Found::Skipped { shown, reason } => self.skipped(&scanner.path_text(&shown), &reason),
            Found::File { path, shown, named } => {
                let text = scanner.path_text(&shown);
                match scanner.open(&path, source.follows(named)) {
                    Err(reason) => {
                        let shown = scanner.fence().stand_in(&path, &reason).map(PathText::new);
                        self.skipped(&shown.unwrap_or(text), &reason);
                    }
                    Ok(file) => match packing(&file) {
                        Some(packing) => self.packed(&file, packing, &shown, &text),
                        None if file.len() > file::LARGEST_WHOLE => self.gathered().long.push((file, shown, text)),
                        None => {
                            let redactor = self.redactor;
                            self.copy(&file, &text, |_, out| file::whole(redactor, &file, &shown, self.watch, out));
                        }
                    },
                }
            }
        }
        if self.watch.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn packed(&self, file: &OpenFile, packing: Packing, name: &[u8], text: &PathText) {
        let packer = Packer { redactor: self.redactor, watch: self.watch, room: Some(self.directory.root()) };
        self.copy(file, text, |_, out| packer.copy(file, packing, name, out));
    }

    fn long_files(&self) -> Result<()> {
        let mut long = std::mem::take(&mut self.gathered().long);
        if long.is_empty() {
            return Ok(());
        }
        long.sort_by(|a, b| a.1.cmp(&b.1));
        let pool = self.redactor.pool()?;
        for (file, _, text) in long {
            pool.install(|| self.copy(&file, &text, |plan, out| file::in_windows(plan, &file, self.watch, out)));
        }
        Ok(())
    }

    fn copy(
        &self,
        file: &OpenFile,
        path: &PathText,
        make: impl FnOnce(&Plan<'_>, &mut OutputFile) -> Result<Done, Failure>,
    ) {
        // A bug that one input brings to light must not end the run, nor let the input through.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.made(file, path, make)));
        let outcome = outcome.unwrap_or_else(|_| Err(Refusal::Internal.into()));
        self.watch.count(0, 1);
        let path = path.to_string();
        match outcome {
            Ok((name, done)) => self.done(path, name, done),
            Err(Failure::Interrupted) => {}
            Err(Failure::Skipped(reason)) => self.gathered().inputs.push(Input::skipped(path, &reason)),
            Err(Failure::Refused(refusal)) => {
                let reason = Some(refusal.to_string());
                self.gathered().inputs.push(Input { reason, ..Input::new(path, Outcome::Refused) });
            }
        }
    }

    /// Makes a copy; it has its name when this returns, and not if it fails.
    fn made(
        &self,
        file: &OpenFile,
        path: &PathText,
        make: impl FnOnce(&Plan<'_>, &mut OutputFile) -> Result<Done, Failure>,
    ) -> Result<(String, Done), Failure> {
        let name = copy_name(path).filter(|name| !is_manifest(Path::new(name))).ok_or(Refusal::Taken)?;
        if !self.gathered().taken.insert(name.clone()) {
            return Err(Refusal::Taken.into());
        }
        let unwritten = |message: String| Failure::Refused(Refusal::Unwritten(message));
        let output = self.directory.output(Path::new(&name), file.mode() & 0o600);
        let mut output = output.map_err(|error| unwritten(system_text(&error)))?;
        let done = make(&self.redactor.plan(), &mut output)?;
        self.directory.commit(output).map_err(|error| unwritten(system_text(&error)))?;
        Ok((name, done))
    }

    fn done(&self, path: String, name: String, done: Done) {
        let Done { original, copy, counts, note } = done;
        let digest = self.redactor.key.original(&original);
        let input = Input {
            copy: Some(name.clone()),
            original: Some(Keyed { hmac_sha256: digest }),
            placeholders: counts.values().sum(),
            is_complete: note.is_none(),
            reason: note.map(|note| note.describe()),
            ..Input::new(path, if original == copy { Outcome::Unchanged } else { Outcome::Copied })
        };
        let mut gathered = self.gathered();
        gathered.inputs.push(input);
        gathered.subjects.push(Subject { name, digest: Digest::of(&copy) });
        for (placeholder, count) in counts {
            *gathered.counts.entry(placeholder).or_default() += count;
        }
    }

    fn skipped(&self, path: &PathText, reason: &SkipReason) {
        self.gathered().inputs.push(Input::skipped(path.to_string(), reason));
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
