//! Normal forms of paths, and what the system knows a file by. Nothing here opens a file.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// What the system knows a file or directory by, whatever it is called: device and inode.
pub(crate) type Identity = (u64, u64);

/// The identity of what stands at `path` itself, links not followed. `None` where the system has no such thing.
#[cfg(unix)]
pub(crate) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    use std::os::unix::fs::MetadataExt as _;
    fs::symlink_metadata(path).map(|metadata| Some((metadata.dev(), metadata.ino())))
}

/// Windows tells no identity without opening the file; there the name alone is checked.
#[cfg(not(unix))]
pub(crate) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    fs::symlink_metadata(path).map(|_| None)
}

/// The file that standard output is redirected to, if it is one.
#[cfg(unix)]
pub(crate) fn standard_output() -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata("/dev/stdout").ok()?;
    metadata.is_file().then(|| (metadata.dev(), metadata.ino()))
}

/// Not to be told without opening it.
#[cfg(not(unix))]
pub(crate) fn standard_output() -> Option<Identity> {
    None
}

/// Absolute, without `.` and `..`; links are not looked at.
pub(crate) fn lexical(path: &Path) -> io::Result<PathBuf> {
    let mut normal = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    Ok(normal)
}

/// Where a path leads by now: links are resolved as far as it exists, the rest is taken as it is written.
pub(crate) fn real(path: &Path) -> io::Result<PathBuf> {
    let mut missing: Vec<OsString> = Vec::new();
    let mut existing = std::path::absolute(path)?;
    loop {
        match fs::canonicalize(&existing) {
            Ok(real) => return lexical(&missing.iter().rev().fold(real, |path, name| path.join(name))),
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(error);
            }
            Err(error) => {
                let last = existing.components().next_back().map(|last| last.as_os_str().to_owned()).ok_or(error)?;
                missing.push(last);
                existing.pop();
            }
        }
    }
}

/// All names of one place: as it is written, with the links above it resolved, and where it leads.
pub(super) fn forms(path: &Path) -> io::Result<Vec<PathBuf>> {
    let written = lexical(path)?;
    let mut forms = vec![real(&written)?];
    if let (Some(parent), Some(name)) = (written.parent(), written.file_name()) {
        forms.push(real(parent)?.join(name));
    }
    forms.push(written);
    forms.dedup();
    Ok(forms)
}

/// The home directory, as the user's environment says.
pub(crate) fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// A path in which a leading `~` stands for the home directory.
pub(super) fn expand(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_path_buf(),
    }
}

#[cfg(all(test, unix))]
#[expect(clippy::disallowed_methods, reason = "tests set their own scene")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn paths_are_brought_to_one_form() {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        symlink("a", root.join("link")).unwrap();
        symlink("gone", root.join("dangling")).unwrap();
        for (path, expected) in [
            ("a/b/", "a/b"),
            ("a/./b//", "a/b"),
            ("a/../a/b", "a/b"),
            ("link/b", "a/b"),
            ("link/../a", "a"),
            ("link/new/er", "a/new/er"),
            ("link/new/../b", "a/b"),
            ("dangling/x", "dangling/x"),
        ] {
            assert_eq!(real(&root.join(path)).unwrap(), root.join(expected), "{path}");
        }
        assert_eq!(lexical(&root.join("link/../a/./c")).unwrap(), root.join("a/c"));
        assert_eq!(forms(&root.join("link")).unwrap(), [root.join("a"), root.join("link")]);
    }

    #[test]
    fn a_tilde_is_the_home_directory() {
        let home = Path::new("/home/u");
        for (path, expected) in [("~", "/home/u"), ("~/a", "/home/u/a"), ("~x/a", "~x/a"), ("a/~", "a/~")] {
            assert_eq!(expand(Path::new(path), Some(home)), Path::new(expected));
        }
    }
}
