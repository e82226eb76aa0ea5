//! A file held by a descriptor that cannot read it: what is checked on it is what will be opened, whatever the name leads to by then.

#[cfg(target_os = "linux")]
pub(super) use linux::{Held, is_hidden, real_path_of};
#[cfg(not(target_os = "linux"))]
pub(super) use named::{Held, is_hidden, real_path_of};

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsString;
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
    use std::path::{Path, PathBuf};
    use std::sync::OnceLock;

    use rustix::fs::{CWD, FileType, Mode, OFlags, PROC_SUPER_MAGIC, ResolveFlags, fstat, statfs};
    use rustix::io::Errno;

    use crate::fence::paths::Identity;
    use crate::fence::walked::{self, Way};

    /// An `O_PATH` descriptor: it opens nothing, and no watcher of the file hears of it.
    #[derive(Debug)]
    pub(in crate::fence) struct Held {
        descriptor: OwnedFd,
        /// How it was come by, where `/proc` cannot tell.
        way: Option<Way>,
    }

    impl Held {
        /// Takes hold of what `path` leads to; of a link itself, where links are not to be followed.
        pub(in crate::fence) fn take(path: &Path, follow: bool) -> io::Result<Self> {
            if !has_proc() {
                return Self::walk(path, follow);
            }
            let mut flags = OFlags::PATH | OFlags::CLOEXEC;
            flags.set(OFlags::NOFOLLOW, !follow);
            if is_own_descriptor(path) {
                let descriptor = rustix::fs::openat(CWD, path, flags, Mode::empty())?;
                return Ok(Self { descriptor, way: None });
            }
            // Through the links of `/proc` another process's view of the file system could be entered.
            match rustix::fs::openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_MAGICLINKS) {
                // Older kernels, and sandboxes that do not know the call.
                Err(Errno::NOSYS | Errno::PERM) => Self::walk(path, follow),
                held => Ok(Self { descriptor: held?, way: None }),
            }
        }

        /// The same, step by step and without `/proc`.
        pub(in crate::fence) fn walk(path: &Path, follow: bool) -> io::Result<Self> {
            let (descriptor, way) = walked::go(path, follow)?;
            Ok(Self { descriptor, way: Some(way) })
        }

        /// Where the file lies now, as the kernel says; where it cannot, where it was come upon.
        pub(in crate::fence) fn real_path(&self) -> io::Result<PathBuf> {
            match &self.way {
                Some(way) => Ok(way.real.clone()),
                None => fs::read_link(link_of(&self.descriptor)),
            }
        }

        /// What it and every directory above it are, where the real path is not the kernel's own word.
        pub(in crate::fence) fn identities(&self) -> io::Result<Vec<Identity>> {
            self.way.as_ref().map_or(Ok(Vec::new()), |way| way.identities(&self.descriptor))
        }

        /// The path that opens exactly this file; none where there is no `/proc`.
        pub(in crate::fence) fn reopening(&self) -> Option<PathBuf> {
            self.way.is_none().then(|| link_of(&self.descriptor))
        }

        /// Opens exactly this file where no path does.
        pub(in crate::fence) fn open(&self, waits: bool) -> io::Result<File> {
            let way = self.way.as_ref().ok_or(Errno::INVAL)?;
            way.open(&self.descriptor, if waits { OFlags::empty() } else { OFlags::NONBLOCK })
        }

        /// The names in this directory, where no path opens it.
        pub(in crate::fence) fn names(&self) -> io::Result<Vec<OsString>> {
            walked::names(&self.open(false)?)
        }
    }

    impl AsFd for Held {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.descriptor.as_fd()
        }
    }

    fn link_of(descriptor: &impl AsFd) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", descriptor.as_fd().as_raw_fd()))
    }

    /// Where an open file lies that was opened by `path`.
    pub(in crate::fence) fn real_path_of(file: &File, path: &Path) -> io::Result<Option<PathBuf>> {
        if has_proc() {
            return fs::read_link(link_of(file)).map(Some);
        }
        let name = path.file_name().ok_or(Errno::NOENT)?;
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Some(Held::walk(directory, true)?.real_path()?.join(name)))
    }

    /// Whether a standard stream is a file of which nobody can say where it lies.
    pub(in crate::fence) fn is_hidden(stream: &Path) -> bool {
        let kind = if stream.ends_with("stdin") { fstat(io::stdin()) } else { fstat(io::stdout()) };
        !has_proc() && kind.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
    }

    /// Whether the kernel tells where a descriptor leads, and nobody in its place.
    fn has_proc() -> bool {
        static HAS: OnceLock<bool> = OnceLock::new();
        *HAS.get_or_init(|| statfs("/proc/self/fd").is_ok_and(|system| system.f_type == PROC_SUPER_MAGIC))
    }

    /// Whether the path names a descriptor that this process was given.
    fn is_own_descriptor(path: &Path) -> bool {
        ["/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|own| path.starts_with(own))
    }
}

#[cfg(not(target_os = "linux"))]
mod named {
    use std::ffi::OsString;
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    use crate::fence::paths::{self, Identity};

    /// The real path: the other systems have no descriptor that opens nothing, so between check and opening a rename helps.
    #[derive(Debug)]
    pub(in crate::fence) struct Held(PathBuf);

    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "on Linux there is more to ask")]
    impl Held {
        pub(in crate::fence) fn take(path: &Path, follow: bool) -> io::Result<Self> {
            let is_link = !follow && fs::symlink_metadata(path)?.is_symlink();
            if is_link { paths::lexical(path).map(Self) } else { fs::canonicalize(path).map(Self) }
        }

        pub(in crate::fence) fn real_path(&self) -> io::Result<PathBuf> {
            Ok(self.0.clone())
        }

        pub(in crate::fence) fn identities(&self) -> io::Result<Vec<Identity>> {
            Ok(Vec::new())
        }

        pub(in crate::fence) fn reopening(&self) -> Option<PathBuf> {
            Some(self.0.clone())
        }

        pub(in crate::fence) fn open(&self, _: bool) -> io::Result<File> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(in crate::fence) fn names(&self) -> io::Result<Vec<OsString>> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    /// Not to be told of an open file.
    #[expect(clippy::unnecessary_wraps, reason = "Linux can tell, and may fail to")]
    pub(in crate::fence) fn real_path_of(_: &File, _: &Path) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }

    /// Nobody can be asked.
    pub(in crate::fence) fn is_hidden(_: &Path) -> bool {
        false
    }
}
