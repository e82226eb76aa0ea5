//! The door to small programs that stand in a folder of programs, such as git's hooks: read, put, moved aside, removed.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::open_small;
use super::output::OutputFile;
use crate::fence::Fence;
use crate::model::{Error, Result};

/// What stands there; `None` where nothing does.
pub(crate) fn read(path: &Path, fence: &Fence) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let opened = fence.admit_own(path).and_then(|admitted| open_small(&admitted));
    match opened.and_then(|mut file| file.read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(at(path, source)),
    }
}

/// Puts a program there, whole and ready to run, in place of what was there.
pub(crate) fn put(path: &Path, bytes: &[u8], fence: &Fence) -> Result<()> {
    fence.admit_output(path)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
    }
    let mut file = OutputFile::at(path, fence)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    file.make_executable().map_err(|source| at(path, source))?;
    file.commit()
}

/// Gives a program another name, which nothing may have.
pub(crate) fn rename(from: &Path, to: &Path, fence: &Fence) -> Result<()> {
    fence.admit_output(from)?;
    fence.admit_output(to)?;
    if is_there(to) {
        return Err(at(to, io::ErrorKind::AlreadyExists.into()));
    }
    fs::rename(from, to).map_err(|source| at(from, source))
}

/// Removes a program.
pub(crate) fn remove(path: &Path, fence: &Fence) -> Result<()> {
    fence.admit_output(path)?;
    fs::remove_file(path).map_err(|source| at(path, source))
}

/// Whether a name is taken, if only by a link that leads nowhere.
pub(crate) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn at(path: &Path, source: io::Error) -> Error {
    Error::File { path: path.to_path_buf(), source }
}

/// A folder of our own, gone with all that is in it when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    place: PathBuf,
    fence: Fence,
}

impl Scratch {
    /// Makes it; its name must be free.
    pub(crate) fn new(place: PathBuf, fence: Fence) -> Result<Self> {
        fence.admit_output(&place)?;
        fs::create_dir(&place).map_err(|source| at(&place, source))?;
        let scratch = Self { place, fence };
        fs::create_dir(scratch.path("objects")).map_err(|source| at(&scratch.place, source))?;
        Ok(scratch)
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    /// Writes a file in it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.path(name);
        let mut file = OutputFile::at(&path, &self.fence)?;
        file.write_all(bytes)?;
        file.commit()?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It holds nothing that anybody needs; its name says whose it is.
        let _ = fs::remove_dir_all(&self.place);
    }
}
