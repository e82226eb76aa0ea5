//! The door: the one place where files are opened, to be read or listed here or to be written in `output`.
#![expect(clippy::disallowed_methods, reason = "this is the door")]

mod directory;
mod output;
pub(crate) mod programs;

use std::ffi::OsString;
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Deref;
use std::path::Path;

pub(crate) use self::directory::Directory;
pub use self::output::OutputFile;
pub(crate) use self::output::scratch;
use super::admitted::Admitted;
use super::guard::Fence;
use crate::model::SkipReason;

/// Texts that a run needs itself are written by hand; this is far above any of them.
pub(crate) const LARGEST_SMALL: u64 = 4 << 20;

/// A regular file, open for reading; many threads may read it at once.
#[derive(Debug)]
pub(crate) struct OpenFile {
    file: File,
    len: u64,
    mode: u32,
}

/// Opens a regular file.
///
/// Never waits: a FIFO that took the place of a file is opened without blocking, seen on the descriptor (not on the
/// name, which may have changed hands since) and refused.
#[expect(clippy::needless_pass_by_value, reason = "a pass is good for one opening")]
pub(crate) fn open(admitted: Admitted<'_>) -> Result<OpenFile, SkipReason> {
    let file = open_admitted(&admitted).map_err(|error| skip_reason(&error))?;
    let metadata = file.metadata().map_err(|error| skip_reason(&error))?;
    if !metadata.is_file() {
        return Err(SkipReason::NotAFile);
    }
    Ok(OpenFile { file, len: metadata.len(), mode: mode(&metadata) })
}

/// Who may do what with a file.
#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777
}

#[cfg(windows)]
fn mode(_: &Metadata) -> u32 {
    0o600
}

/// Opens whatever was admitted, without waiting for it.
pub(super) fn open_admitted(admitted: &Admitted<'_>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    set_care(&mut options, admitted.follows());
    match admitted.reopening() {
        Ok(path) => options.open(path),
        Err(held) => held.open(false),
    }
}

/// One name in a directory.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: OsString,
    /// What it is; a link is a link, wherever it leads.
    pub(crate) kind: FileType,
    /// Its inode, where the system tells.
    pub(crate) inode: u64,
}

/// Lists a directory: its entries, and why others could not be told.
#[expect(clippy::needless_pass_by_value, reason = "a pass is good for one opening")]
pub(crate) fn list(fence: &Fence, admitted: Admitted<'_>) -> Result<(Vec<Entry>, Option<SkipReason>), SkipReason> {
    if let Some(entries) = fence.kept(&admitted) {
        return Ok((entries, None));
    }
    let listed: Vec<io::Result<Entry>> = match admitted.reopening() {
        Ok(path) => fs::read_dir(path).map(|all| all.map(|entry| Entry::of(&entry?)).collect()),
        Err(held) => held.names().map(|all| all.into_iter().map(|name| Entry::at(admitted.path(), name)).collect()),
    }
    .map_err(|error| skip_reason(&error))?;
    let mut entries = Vec::with_capacity(listed.len());
    let mut fault = None;
    for entry in listed {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) => fault = Some(skip_reason(&error)),
        }
    }
    Ok((entries, fault))
}

impl Entry {
    fn of(entry: &fs::DirEntry) -> io::Result<Self> {
        #[cfg(unix)]
        let inode = std::os::unix::fs::DirEntryExt::ino(entry);
        #[cfg(not(unix))]
        let inode = 0;
        Ok(Self { kind: entry.file_type()?, inode, name: entry.file_name() })
    }

    /// What has that name by now; whoever opens it asks again.
    fn at(directory: &Path, name: OsString) -> io::Result<Self> {
        let metadata = fs::symlink_metadata(directory.join(&name))?;
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Ok(Self { kind: metadata.file_type(), inode, name })
    }
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

/// Opens a file that the run itself needs, for whoever knows how much of it to read; see [`read_small`].
pub(crate) fn open_small(admitted: &Admitted<'_>) -> io::Result<impl Read + use<>> {
    match admitted.reopening() {
        Ok(path) => File::open(path),
        Err(held) => held.open(true),
    }
}

/// Reads a small text that the run itself needs, such as a configuration or a rule file.
///
/// Unlike [`open`] this takes a FIFO or a descriptor (`<(command)`, `/dev/fd/3`), and waits for it: call it for files
/// that the user named, and for found ones only when they are regular files.
#[expect(clippy::needless_pass_by_value, reason = "a pass is good for one opening")]
pub(crate) fn read_small(admitted: Admitted<'_>, limit: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    open_small(&admitted)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {limit} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

/// Whether anything has that name, be it a link that leads nowhere. What cannot be told counts as there.
#[expect(clippy::needless_pass_by_value, reason = "a pass is good for one opening")]
pub(crate) fn is_there(admitted: Admitted<'_>) -> bool {
    !matches!(std::fs::symlink_metadata(admitted.path()), Err(error) if skip_reason(&error) == SkipReason::Vanished)
}

impl OpenFile {
    /// Its length when it was opened; 0 says nothing, as in `/proc`, where only reading tells.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Who may read, write and run it, as Unix says it.
    pub(crate) fn mode(&self) -> u32 {
        self.mode
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

    /// Reads it from its beginning, and from wherever one goes in it.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { file: self, at: 0 }
    }

    /// Maps the whole file into memory, for a user who says that nobody writes to it (`--mmap`): about a tenth faster
    /// on big files, but one that is cut short under the map kills the process. Without a length there is no map.
    pub(crate) fn map(&self) -> io::Result<Map> {
        let len = usize::try_from(self.len).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if len == 0 {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut options = memmap2::MmapOptions::new();
        options.len(len);
        // SAFETY: the map is read-only and covers the length the file had. That no process changes or truncates the
        // file while it is mapped cannot be proven here: the user vouches for it by asking for maps.
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

/// Reads an open file in one place of many.
#[derive(Debug)]
pub(crate) struct Reader<'f> {
    file: &'f OpenFile,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buf, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.file.len_now()?.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
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
pub(crate) fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default().trim_end_matches('.');
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn pass(path: &std::path::Path, follow: bool) -> Admitted<'_> {
        Fence::default().admit(path, follow).unwrap()
    }

    #[test]
    fn reads_stop_at_the_end_and_nowhere_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n as u8).collect();
        fs::write(&path, &bytes).unwrap();
        let file = open(pass(&path, false)).unwrap();
        assert_eq!((file.len(), file.len_now().unwrap()), (100_000, 100_000));
        for (offset, size) in [(0, 100_000), (0, 7), (99_990, 4096), (100_000, 10), (500_000, 10), (3, 0)] {
            let mut buf = vec![0; size];
            let read = file.read_at(&mut buf, offset).unwrap();
            let expected = bytes.iter().copied().skip(offset as usize).take(size).collect::<Vec<_>>();
            assert_eq!(buf[..read], expected, "{size} at {offset}");
        }
        assert_eq!(*file.map().unwrap(), *bytes);

        fs::write(&path, "short").unwrap();
        assert_eq!((file.len(), file.len_now().unwrap()), (100_000, 5));
    }

    #[test]
    fn one_file_is_read_by_many_threads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, (0..=255).collect::<Vec<u8>>().repeat(64)).unwrap();
        let file = &open(pass(&path, false)).unwrap();
        std::thread::scope(|scope| {
            for byte in 0..=255_u8 {
                scope.spawn(move || {
                    let mut buf = [0];
                    for block in 0..64 {
                        assert_eq!(file.read_at(&mut buf, block * 256 + u64::from(byte)).unwrap(), 1);
                        assert_eq!(buf[0], byte);
                    }
                });
            }
        });
    }

    #[test]
    fn small_texts_are_read_whole_or_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        for (bytes, expected) in [
            (&b""[..], Ok("")),
            (b"12345678", Ok("12345678")),
            (b"123456789", Err("larger than 8 bytes")),
            (b"\xff", Err("not UTF-8")),
        ] {
            fs::write(&path, bytes).unwrap();
            let text = read_small(pass(&path, true), 8).map_err(|error| error.to_string());
            assert_eq!(text.as_deref().map_err(String::as_str), expected);
        }
        assert!(read_small(pass(dir.path(), true), 8).is_err());
    }

    #[test]
    fn an_absent_file_has_vanished() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gone");
        assert_eq!(open(pass(&path, false)).unwrap_err(), SkipReason::Vanished);
        fs::write(&path, "x").unwrap();
        assert_eq!(open(pass(&path.join("below"), true)).unwrap_err(), SkipReason::Vanished);
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_opened_and_nothing_waits() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
        fs::write(at("file"), "x").unwrap();
        std::os::unix::fs::symlink("file", at("link")).unwrap();
        for (path, follow, opens) in [
            (at("file"), false, true),
            (at("link"), true, true),
            (at("link"), false, false),
            (at("fifo"), true, false),
            (at("socket"), true, false),
            (at(""), true, false),
            ("/dev/null".into(), true, false),
        ] {
            let refusal = open(pass(&path, follow)).err();
            assert_eq!(refusal, (!opens).then_some(SkipReason::NotAFile), "{}", path.display());
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_without_a_length_is_read_to_its_end() {
        let file = open(pass("/proc/self/status".as_ref(), false)).unwrap();
        assert_eq!(file.len(), 0);
        assert_eq!(file.map().err().map(|error| error.kind()), Some(io::ErrorKind::Unsupported));
        let mut buf = vec![0; 1 << 20];
        let read = file.read_at(&mut buf, 0).unwrap();
        assert!(buf[..read].starts_with(b"Name:") && buf[..read].ends_with(b"\n"));
    }

    #[cfg(unix)]
    #[test]
    fn refusals_are_told_in_short() {
        let unreadable = |message: &str| SkipReason::Unreadable { message: message.into() };
        for (code, expected) in [
            (1, unreadable("operation not permitted")),
            (2, SkipReason::Vanished),
            (5, unreadable("input/output error")),
            (13, unreadable("permission denied")),
            (20, SkipReason::Vanished),
            (21, SkipReason::NotAFile),
        ] {
            assert_eq!(skip_reason(&io::Error::from_raw_os_error(code)), expected);
        }
        assert_eq!(skip_reason(&io::ErrorKind::UnexpectedEof.into()), unreadable("unexpected end of file"));
    }
}
