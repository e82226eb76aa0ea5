//! A file held by a descriptor that cannot read it: what is checked on it is what will be opened, whatever the name leads to by then.

#[cfg(target_os = "linux")]
pub(super) use linux::{Held, real_path_of};
#[cfg(not(target_os = "linux"))]
pub(super) use named::{Held, real_path_of};

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
    use std::path::{Path, PathBuf};

    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
    use rustix::io::Errno;

    /// An `O_PATH` descriptor: it opens nothing, and no watcher of the file hears of it.
    #[derive(Debug)]
    pub(in crate::fence) struct Held(OwnedFd);

    impl Held {
        /// Takes hold of what `path` leads to; of a link itself, where links are not to be followed.
        pub(in crate::fence) fn take(path: &Path, follow: bool) -> io::Result<Self> {
            let mut flags = OFlags::PATH | OFlags::CLOEXEC;
            flags.set(OFlags::NOFOLLOW, !follow);
            // Through the links of `/proc` another process's view of the file system could be entered.
            let resolve = if is_own_descriptor(path) { ResolveFlags::empty() } else { ResolveFlags::NO_MAGICLINKS };
            match rustix::fs::openat2(CWD, path, flags, Mode::empty(), resolve) {
                // Older kernels, and sandboxes that do not know the call: what counts is checked on the descriptor.
                Err(Errno::NOSYS | Errno::PERM) => Ok(Self(rustix::fs::openat(CWD, path, flags, Mode::empty())?)),
                held => Ok(Self(held?)),
            }
        }

        /// Where the file lies now, as the kernel says.
        pub(in crate::fence) fn real_path(&self) -> io::Result<PathBuf> {
            fs::read_link(self.reopening())
        }

        /// The path that opens exactly this file.
        pub(in crate::fence) fn reopening(&self) -> PathBuf {
            PathBuf::from(format!("/proc/self/fd/{}", self.0.as_raw_fd()))
        }
    }

    impl AsFd for Held {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }

    /// Where an open file lies.
    pub(in crate::fence) fn real_path_of(file: &File) -> io::Result<Option<PathBuf>> {
        fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).map(Some)
    }

    /// Whether the path names a descriptor that this process was given.
    fn is_own_descriptor(path: &Path) -> bool {
        ["/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|own| path.starts_with(own))
    }
}

#[cfg(not(target_os = "linux"))]
mod named {
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    /// The real path: the other systems have no descriptor that opens nothing, so between check and opening a rename helps.
    #[derive(Debug)]
    pub(in crate::fence) struct Held(PathBuf);

    impl Held {
        pub(in crate::fence) fn take(path: &Path, follow: bool) -> io::Result<Self> {
            let is_link = !follow && fs::symlink_metadata(path)?.is_symlink();
            if is_link { super::super::paths::lexical(path).map(Self) } else { fs::canonicalize(path).map(Self) }
        }

        pub(in crate::fence) fn real_path(&self) -> io::Result<PathBuf> {
            Ok(self.0.clone())
        }

        pub(in crate::fence) fn reopening(&self) -> PathBuf {
            self.0.clone()
        }
    }

    /// Not to be told of an open file.
    #[expect(clippy::unnecessary_wraps, reason = "Linux can tell, and may fail to")]
    pub(in crate::fence) fn real_path_of(_: &File) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }
}
