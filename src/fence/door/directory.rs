//! The door to a directory of copies: nothing is written outside of it, through a link, or in half.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::list;
use super::output::{OutputFile, sync_directory};
use crate::fence::{Admitted, Fence};
use crate::model::{Error, SkipReason};

/// A directory that a run fills.
#[derive(Debug)]
pub(crate) struct Directory {
    root: PathBuf,
    fence: Fence,
    /// The directories with names that are not durable yet.
    changed: Mutex<BTreeSet<PathBuf>>,
}

impl Directory {
    /// Opens the directory; makes it, for its owner alone, where it is missing.
    pub(crate) fn create(admitted: &Admitted<'_>, fence: Fence) -> io::Result<Self> {
        let root = admitted.path().to_path_buf();
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&root)?;
        Ok(Self { root, fence, changed: Mutex::default() })
    }

    /// Where it is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Removes the temporary files that ended runs left, and tells the names of all that is there else, sorted. Targets
    /// below it stay closed.
    pub(crate) fn sweep(&self) -> io::Result<Vec<PathBuf>> {
        let mut names = Vec::new();
        let mut open = vec![PathBuf::new()];
        while let Some(directory) = open.pop() {
            let path = self.root.join(&directory);
            // The directory itself may be given by a link.
            let follow = directory.as_os_str().is_empty();
            let listed = self.fence.admit(&path, follow).and_then(|admitted| list(&self.fence, admitted));
            let entries = match listed {
                Ok((entries, None)) => entries,
                Err(SkipReason::Target { .. }) => continue,
                Ok((_, Some(reason))) | Err(reason) => return Err(io::Error::other(reason.describe())),
            };
            for entry in entries {
                let name = directory.join(&entry.name);
                if entry.kind.is_dir() {
                    open.push(name);
                } else if OutputFile::is_temporary(&entry.name) {
                    fs::remove_file(self.root.join(&name))?;
                } else {
                    names.push(name);
                }
            }
        }
        names.sort();
        Ok(names)
    }

    /// Opens a file of the directory for writing; it takes its name when it is committed. Directories on the way are made. `mode`
    /// says who may do what with it.
    pub(crate) fn output(&self, name: &Path, mode: u32) -> io::Result<OutputFile> {
        self.fence.admit_output(&self.root.join(name)).map_err(refused)?;
        let mut path = self.root.clone();
        let mut components = name.components().peekable();
        while let Some(component) = components.next() {
            let Component::Normal(part) = component else {
                return Err(io::Error::new(io::ErrorKind::InvalidFilename, "a path that leads out of the directory"));
            };
            path.push(part);
            let is_last = components.peek().is_none();
            match fs::symlink_metadata(&path) {
                Ok(metadata) if is_last && metadata.is_file() || !is_last && metadata.is_dir() => {}
                Ok(_) => return Err(io::Error::new(io::ErrorKind::AlreadyExists, "something else is in the way")),
                Err(error) if error.kind() == io::ErrorKind::NotFound && !is_last => self.make(&path)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let output = OutputFile::replacing(path, mode)?;
        // Somebody may have led the path astray since it was checked.
        output.confirm(&self.fence).map_err(refused)?;
        Ok(output)
    }

    /// Makes what was written durable and gives it its name, in place of what had that name. The name is durable after [`Directory::sync`]:
    /// to sync a directory for each of its files takes longer than to write them.
    pub(crate) fn commit(&self, mut output: OutputFile) -> io::Result<()> {
        if let Some(directory) = output.rename()? {
            let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
            // Directories on the way may be new as well.
            changed
                .extend(directory.ancestors().take_while(|above| above.starts_with(&self.root)).map(Path::to_path_buf));
        }
        Ok(())
    }

    /// Makes the names durable that files were given.
    pub(crate) fn sync(&self) {
        let changed = std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner));
        for directory in &changed {
            sync_directory(directory);
        }
    }

    /// Removes a file of the directory, if it is there.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.root.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    #[expect(clippy::unused_self, reason = "only a directory of copies makes directories")]
    fn make(&self, path: &Path) -> io::Result<()> {
        #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are Unix's"))]
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(path) {
            // Another thread was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && fs::symlink_metadata(path)?.is_dir() => {
                Ok(())
            }
            made => made,
        }
    }
}

fn refused(error: Error) -> io::Error {
    match error {
        Error::File { source, .. } => source,
        error => io::Error::other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn files_are_written_inside_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("a/b");
        let directory = Directory::create(&Fence::default().admit_output(&root).unwrap(), Fence::default()).unwrap();
        let write = |name: &str| {
            let mut output = directory.output(Path::new(name), 0o600)?;
            output.write_all(b"copy")?;
            directory.commit(output)
        };
        for name in ["x", "c/d/y", "x", "..."] {
            write(name).unwrap();
        }
        directory.sync();
        for name in ["../x", "/x", "c/../x", "", "c", "x/z", "."] {
            assert!(write(name).is_err(), "{name}");
        }
        fs::write(root.join("c/.tightlip-1-0123456789abcdef.tmp"), "half").unwrap();
        let names = ["...", "c/d/y", "x"].map(PathBuf::from);
        assert_eq!(directory.sweep().unwrap(), names);
        assert!(!root.join("c/.tightlip-1-0123456789abcdef.tmp").exists());
        directory.remove("x").unwrap();
        directory.remove("x").unwrap();
        assert_eq!(directory.sweep().unwrap(), names[..2]);
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_and_modes_are_tight() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("copies");
        fs::create_dir(dir.path().join("elsewhere")).unwrap();
        let directory = Directory::create(&Fence::default().admit_output(&root).unwrap(), Fence::default()).unwrap();
        symlink("../elsewhere", root.join("link")).unwrap();
        symlink("../elsewhere/file", root.join("file")).unwrap();
        for name in ["link/x", "link", "file"] {
            assert!(directory.output(Path::new(name), 0o600).is_err(), "{name}");
        }
        directory.output(Path::new("x"), 0o400).unwrap().commit().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&root), mode(&root.join("x"))), (0o700, 0o400));
        assert_eq!(fs::read_dir(dir.path().join("elsewhere")).unwrap().count(), 0);
    }
}
