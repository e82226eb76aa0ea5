//! The door: the one place where files are opened, to be read here or to be written in `output`.
#![expect(clippy::disallowed_methods, reason = "this is the door")]

mod output;

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::ops::Deref;

pub(crate) use self::output::OutputFile;
use super::guard::Admitted;
use crate::model::SkipReason;

/// A regular file, open for reading; many threads may read it at once.
#[derive(Debug)]
pub(crate) struct OpenFile {
    file: File,
    len: u64,
}

/// Opens a regular file. `follow` says whether the path may itself be a symbolic link.
///
/// Never waits: a FIFO that took the place of a file is opened without blocking, seen on the descriptor (not on the
/// name, which may have changed hands since) and refused.
pub(crate) fn open(admitted: Admitted<'_>, follow: bool) -> Result<OpenFile, SkipReason> {
    let mut options = OpenOptions::new();
    options.read(true);
    set_care(&mut options, follow);
    let file = options.open(admitted.path()).map_err(|error| skip_reason(&error))?;
    let metadata = file.metadata().map_err(|error| skip_reason(&error))?;
    if !metadata.is_file() {
        return Err(SkipReason::NotAFile);
    }
    Ok(OpenFile { file, len: metadata.len() })
}

#[cfg(unix)]
fn set_care(options: &mut OpenOptions, follow: bool) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;

    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY; // std adds CLOEXEC
    flags.set(OFlags::NOFOLLOW, !follow);
    options.custom_flags(flags.bits().cast_signed());
}

#[cfg(windows)]
fn set_care(options: &mut OpenOptions, follow: bool) {
    use std::os::windows::fs::OpenOptionsExt as _;

    // Opens the link instead of what it leads to; its metadata then says that it is not a regular file.
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    if !follow {
        options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    }
}

/// Reads a small text that the run itself needs, such as a configuration or a rule file.
///
/// Unlike [`open`] this takes a FIFO or a descriptor (`<(command)`, `/dev/fd/3`), and waits for it: call it for files
/// that the user named, and for found ones only when they are regular files.
pub(crate) fn read_small(admitted: Admitted<'_>, limit: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(admitted.path())?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

impl OpenFile {
    /// Its length when it was opened; 0 says nothing, as in `/proc`, where only reading tells.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Its length by now.
    pub(crate) fn len_now(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Reads from `offset` until `buf` is full or the file ends; says how much was read.
    pub(crate) fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buf.len() {
            match read_once(&self.file, &mut buf[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Maps the whole file into memory, for a user who says that nobody writes to it (`--mmap`): about a tenth faster on
    /// big files, but one that is cut short under the map kills the process. A file without a length cannot be mapped.
    pub(crate) fn map(&self) -> io::Result<Map> {
        let len = usize::try_from(self.len).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if len == 0 {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut options = memmap2::MmapOptions::new();
        options.len(len);
        // SAFETY: the map is read-only and covers the length the file had. That no process changes or truncates the file
        // while it is mapped cannot be proven here: the user vouches for it by asking for maps.
        #[expect(unsafe_code, reason = "a file map is unsafe by nature; only used at the user's word")]
        let map = unsafe { options.map(&self.file) }?;
        Ok(Map(map))
    }
}

#[cfg(unix)]
fn read_once(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buf, offset)
}

#[cfg(windows)]
fn read_once(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
    // Moves the cursor as well, which nobody here uses.
    std::os::windows::fs::FileExt::seek_read(file, buf, offset)
}

/// The bytes of a file that was mapped into memory.
pub(crate) struct Map(memmap2::Mmap);

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Why a file was not read, when the system refused to list, open or read it.
pub(crate) fn skip_reason(error: &io::Error) -> SkipReason {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SkipReason::Vanished,
        io::ErrorKind::IsADirectory => SkipReason::NotAFile,
        _ if is_not_a_file(error) => SkipReason::NotAFile,
        _ => SkipReason::Unreadable { message: system_text(error) },
    }
}

/// Whether opening failed because of what stands there: a socket, or a link that was not to be followed.
#[cfg(unix)]
fn is_not_a_file(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::NXIO | Errno::LOOP))
}

#[cfg(windows)]
fn is_not_a_file(_: &io::Error) -> bool {
    false
}

/// The system's own words, short: `permission denied`, not `Permission denied (os error 13)`.
fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default().trim_end_matches('.');
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
