//! Which paths the user's globs let through, in walks and for paths named outright.

use std::env;
#[cfg(unix)]
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::overrides::{Override, OverrideBuilder};

use super::source::Source;
use crate::model::{Error, Result};

/// The compiled globs, and the directory they are relative to.
pub(crate) struct Selection {
    overrides: Override,
    base: PathBuf,
}

impl Selection {
    /// Compiles `globs`, relative to the directory `base`.
    pub(super) fn new(globs: &[String], base: &Path) -> Result<Self> {
        let setting = |error: ignore::Error| Error::Setting(error.to_string());
        let mut builder = OverrideBuilder::new(base);
        for glob in globs {
            builder.add(glob).map_err(setting)?;
        }
        Ok(Self { overrides: builder.build().map_err(setting)?, base: base.to_path_buf() })
    }

    /// What the globs say of a path that a walk met, which asks from its root downward.
    pub(super) fn says(&self, path: &Path, is_dir: bool) -> Match<()> {
        self.overrides.matched(path.strip_prefix(".").unwrap_or(path), is_dir).map(drop)
    }

    /// As a source has it, relative to the current directory.
    pub(crate) fn of(source: &Source) -> Result<Self> {
        Self::new(&source.globs, &env::current_dir().unwrap_or_else(|_| PathBuf::from(".")))
    }

    /// Whether a file passes that is no file of the system's: its path is as it is shown.
    pub(crate) fn admits_shown(&self, shown: &[u8]) -> bool {
        #[cfg(unix)]
        let path = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(shown);
        #[cfg(not(unix))]
        let path = &String::from_utf8_lossy(shown).into_owned();
        self.admits(Path::new(path), false)
    }

    /// Whether a named path passes: it, and the directories between it and the base, as if a walk had come by.
    pub(super) fn admits(&self, path: &Path, is_dir: bool) -> bool {
        if self.overrides.is_empty() {
            return true;
        }
        let path = path.strip_prefix(&self.base).or_else(|_| path.strip_prefix(".")).unwrap_or(path);
        let is_below = path.is_relative() && !path.starts_with("..");
        let excludes = |path: &Path, is_dir| self.overrides.matched(path, is_dir).is_ignore();
        let is_base = path.as_os_str().is_empty();
        let mut above = path.ancestors().skip(1).filter(|above| is_below && !above.as_os_str().is_empty());
        is_base || !(excludes(path, is_dir) || above.any(|above| excludes(above, true)))
    }
}
