//! A pass for the door: only the guard makes one, and without one nothing is opened.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::door;
use super::held::Held;

/// A file or directory that the fence has let pass.
#[derive(Debug)]
pub struct Admitted<'a> {
    path: &'a Path,
    follow: bool,
    held: Option<Held>,
}

impl<'a> Admitted<'a> {
    /// A path that needs no check: there is no target, or it is a file of the system's own.
    pub(super) fn unchecked(path: &'a Path, follow: bool) -> Self {
        Self { path, follow, held: None }
    }

    /// The path it was asked for by.
    pub fn path(&self) -> &'a Path {
        self.path
    }

    /// What was checked, by the descriptor it was checked on.
    pub(super) fn held(path: &'a Path, follow: bool, held: Held) -> Self {
        Self { path, follow, held: Some(held) }
    }

    /// Opens it for reading: what was checked, wherever the path leads to by now.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(&self) -> io::Result<File> {
        door::open_admitted(self)
    }

    /// Where it lies, if it was checked.
    pub(super) fn real_path(&self) -> Option<PathBuf> {
        self.held.as_ref()?.real_path().ok()
    }

    /// The descriptor itself.
    #[cfg(all(target_os = "linux", feature = "sandbox"))]
    pub(super) fn into_held(self) -> Option<Held> {
        self.held
    }

    /// The path to open it by; where what was checked has none, what opens itself.
    pub(super) fn reopening(&self) -> Result<PathBuf, &Held> {
        let Some(held) = &self.held else { return Ok(self.path.to_path_buf()) };
        held.reopening().ok_or(held)
    }

    /// Whether a link may be followed at the end of that path: a held file is led to by one of `/proc`.
    pub(super) fn follows(&self) -> bool {
        self.follow || self.held.is_some()
    }
}
