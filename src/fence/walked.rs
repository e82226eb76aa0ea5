//! The way to a file, gone step by step: for systems whose `/proc` cannot say where a file lies, or that lack `openat2`.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{CWD, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::paths::Identity;

/// As many links as the kernel itself follows on one way.
const MOST_LINKS: usize = 40;

/// No directory lies deeper.
const DEEPEST: usize = 4096;

/// How a held file was come by.
#[derive(Debug)]
pub(super) struct Way {
    /// Where it lies.
    pub(super) real: PathBuf,
    /// The directory it lies in, and its name there; none for what was reached by `..` or is the root.
    parent: Option<(OwnedFd, OsString)>,
}

/// Goes to what `path` leads to; to a link itself, where links are not to be followed at its end. No step opens anything, and no link is
/// left to the kernel to follow: those of `/proc` lead where their text says.
pub(super) fn go(path: &Path, follow: bool) -> io::Result<(OwnedFd, Way)> {
    let mut left = steps(&std::path::absolute(path)?);
    let mut here = step(CWD, OsStr::new("/"), OFlags::DIRECTORY)?;
    let mut way = Way { real: PathBuf::from("/"), parent: None };
    let mut links = 0;
    while let Some(name) = left.pop_front() {
        if name == ".." {
            here = step(here.as_fd(), &name, OFlags::DIRECTORY)?;
            way.real.pop();
            way.parent = None;
            continue;
        }
        let next = step(here.as_fd(), &name, OFlags::NOFOLLOW)?;
        if kind(&next)? == FileType::Symlink && (follow || !left.is_empty()) {
            links += 1;
            if links > MOST_LINKS {
                return Err(Errno::LOOP.into());
            }
            let text = rustix::fs::readlinkat(&next, "", Vec::new())?.into_bytes();
            let to = PathBuf::from(OsString::from_vec(text));
            if to.is_absolute() {
                here = step(CWD, OsStr::new("/"), OFlags::DIRECTORY)?;
                way = Way { real: PathBuf::from("/"), parent: None };
            }
            let mut ahead = steps(&to);
            ahead.append(&mut left);
            left = ahead;
        } else {
            way.real.push(&name);
            way.parent = Some((std::mem::replace(&mut here, next), name));
        }
    }
    Ok((here, way))
}

/// The names on a way, and the `..`.
fn steps(path: &Path) -> VecDeque<OsString> {
    let is_step = |part: &Component<'_>| matches!(part, Component::Normal(_) | Component::ParentDir);
    path.components().filter(is_step).map(|part| part.as_os_str().to_owned()).collect()
}

fn step(from: BorrowedFd<'_>, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    Ok(rustix::fs::openat(from, name, flags | OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?)
}

fn kind(held: &OwnedFd) -> io::Result<FileType> {
    Ok(FileType::from_raw_mode(rustix::fs::fstat(held)?.st_mode))
}

fn identity(held: &OwnedFd) -> io::Result<Identity> {
    let stat = rustix::fs::fstat(held)?;
    Ok((stat.st_dev, stat.st_ino))
}

impl Way {
    /// What is held and every directory above it, by descriptors alone: no rename on the way can hide one.
    pub(super) fn identities(&self, held: &OwnedFd) -> io::Result<Vec<Identity>> {
        let mut all = vec![identity(held)?];
        let mut above = match &self.parent {
            _ if kind(held)? == FileType::Directory => step(held.as_fd(), OsStr::new("."), OFlags::DIRECTORY)?,
            Some((parent, _)) => step(parent.as_fd(), OsStr::new("."), OFlags::DIRECTORY)?,
            None => return Ok(all),
        };
        for _ in 0..DEEPEST {
            let own = identity(&above)?;
            let is_root = all.last() == Some(&own) && all.len() > 1;
            if is_root {
                return Ok(all);
            }
            all.push(own);
            above = step(above.as_fd(), OsStr::new(".."), OFlags::DIRECTORY)?;
        }
        Err(Errno::LOOP.into())
    }

    /// Opens what is held, without a path that leads to the descriptor: a directory by itself, a file by its name in its directory, where
    /// it must still be the same.
    pub(super) fn open(&self, held: &OwnedFd, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY;
        if kind(held)? == FileType::Directory {
            return Ok(rustix::fs::openat(held, ".", flags, Mode::empty())?.into());
        }
        let (parent, name) = self.parent.as_ref().ok_or(Errno::NOENT)?;
        let opened = rustix::fs::openat(parent, name.as_os_str(), flags | OFlags::NOFOLLOW, Mode::empty())?;
        if identity(&opened)? == identity(held)? { Ok(opened.into()) } else { Err(Errno::NOENT.into()) }
    }
}

/// The names in an open directory.
pub(super) fn names(directory: &File) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name != "." && name != ".." {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
