//! The door to small programs that stand in a folder of programs, such as git's hooks: read, put, moved aside, removed.
#![expect(clippy::needless_pass_by_value, reason = "a pass is good for one opening")]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::output::OutputFile;
use crate::fence::{Admitted, Guard};
use crate::model::{Error, Result};

/// What stands there; `None` where nothing does.
pub(crate) fn read(admitted: Admitted<'_>) -> Result<Option<Vec<u8>>> {
    match fs::read(admitted.path()) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(at(admitted.path(), source)),
    }
}

/// Puts a program there, whole and ready to run, in place of what was there.
pub(crate) fn put(admitted: Admitted<'_>, bytes: &[u8]) -> Result<()> {
    let path = admitted.path();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
    }
    let mut file = OutputFile::create(admitted)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    file.make_executable().map_err(|source| at(path, source))?;
    file.commit()
}

/// Gives a program another name, which nothing may have.
pub(crate) fn rename(from: Admitted<'_>, to: Admitted<'_>) -> Result<()> {
    let (from, to) = (from.path(), to.path());
    if fs::symlink_metadata(to).is_ok() {
        return Err(at(to, io::ErrorKind::AlreadyExists.into()));
    }
    fs::rename(from, to).map_err(|source| at(from, source))
}

/// Removes a program.
pub(crate) fn remove(admitted: Admitted<'_>) -> Result<()> {
    fs::remove_file(admitted.path()).map_err(|source| at(admitted.path(), source))
}

/// Whether a name is taken, if only by a link that leads nowhere.
pub(crate) fn is_there(admitted: Admitted<'_>) -> bool {
    fs::symlink_metadata(admitted.path()).is_ok()
}

fn at(path: &Path, source: io::Error) -> Error {
    Error::File { path: path.to_path_buf(), source }
}

/// A folder of our own, gone with all that is in it when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes it; its name must be free.
    pub(crate) fn new(path: PathBuf) -> Result<Self> {
        fs::create_dir(&path).map_err(|source| at(&path, source))?;
        let scratch = Self(path);
        fs::create_dir(scratch.path("objects")).map_err(|source| at(&scratch.0, source))?;
        Ok(scratch)
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file in it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.path(name);
        let mut file = OutputFile::create(Guard.admit(&path))?;
        file.write_all(bytes)?;
        file.commit()?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It holds nothing that anybody needs; its name says whose it is.
        let _ = fs::remove_dir_all(&self.0);
    }
}
