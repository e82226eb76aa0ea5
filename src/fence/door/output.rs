//! The door outward: a file is written whole or not at all.

use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::hash::BuildHasher as _;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{OpenFile, system_text};
use crate::fence::{Admitted, Fence};
use crate::model::{Error, Result};

/// A file being written. It takes its name when [`OutputFile::commit`] is called and not before: until then its bytes
/// go to a temporary file beside it, which is removed when this is dropped. A device, FIFO or descriptor is written
/// directly.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    writer: BufWriter<File>,
    pending: Option<Pending>,
}

impl OutputFile {
    /// Opens `path` for writing; fails now rather than after the work if that cannot be done, or if it would lie in a target.
    pub fn at(path: &Path, fence: &Fence) -> Result<Self> {
        let output = Self::create(fence.admit_output(path)?)?;
        // Somebody may have led the path astray since it was checked.
        output.confirm(fence)?;
        Ok(output)
    }

    /// Whether what was opened lies outside of all targets.
    pub(super) fn confirm(&self, fence: &Fence) -> Result<()> {
        fence.confirm_output(self.writer.get_ref(), &self.path)
    }

    /// Opens a path that the guard has let pass.
    #[expect(clippy::needless_pass_by_value, reason = "a pass is good for one opening")]
    pub(crate) fn create(admitted: Admitted<'_>) -> Result<Self> {
        let path = admitted.path().to_path_buf();
        match Self::start(&path) {
            Ok((file, pending)) => Ok(Self { path, writer: BufWriter::new(file), pending }),
            Err(source) => Err(Error::File { path, source }),
        }
    }

    fn start(path: &Path) -> io::Result<(File, Option<Pending>)> {
        let target = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            // A descriptor may lead to a file (`> log`), which is shared with others and must not be replaced.
            Ok(metadata) if !metadata.is_file() || is_descriptor(path) => {
                return Ok((OpenOptions::new().append(true).open(path)?, None));
            }
            // Through a link, what it leads to is replaced, not the link.
            Ok(_) => fs::canonicalize(path)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_path_buf(),
            Err(error) => return Err(error),
        };
        let (file, pending) = Pending::create(target, 0o600)?;
        Ok((file, Some(pending)))
    }

    /// A file that takes the place of whatever regular file has this very name.
    pub(super) fn replacing(path: PathBuf, mode: u32) -> io::Result<Self> {
        let (file, pending) = Pending::create(path.clone(), mode)?;
        Ok(Self { path, writer: BufWriter::new(file), pending: Some(pending) })
    }

    /// What was written so far, to be read.
    pub(crate) fn written(&mut self) -> io::Result<OpenFile> {
        self.writer.flush()?;
        let file = self.writer.get_ref().try_clone()?;
        let metadata = file.metadata()?;
        Ok(OpenFile { file, len: metadata.len(), mode: super::mode(&metadata) })
    }

    /// Whether a file has the name of a temporary one: it is what a killed run left.
    pub(super) fn is_temporary(name: &OsStr) -> bool {
        let name = name.as_encoded_bytes();
        name.starts_with(b".tightlip-") && name.ends_with(b".tmp")
    }

    /// Where the bytes are until they are committed, so that a walk can leave this file out.
    pub fn temporary(&self) -> Option<&Path> {
        self.pending.as_ref()?.temporary.as_deref()
    }

    /// Removes a temporary file on behalf of a process that ends at once, without dropping what it belongs to.
    pub fn discard(temporary: &Path) {
        let _ = fs::remove_file(temporary);
    }

    /// Lets everybody read and run the file, as a hook that a repository's users share.
    #[cfg(unix)]
    pub(crate) fn make_executable(&self) -> io::Result<()> {
        self.writer.get_ref().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
    }

    /// Makes what was written durable and gives it its name, replacing in one step what had that name.
    pub fn commit(mut self) -> Result<()> {
        self.publish().map_err(|source| Error::File { path: self.path.clone(), source })
    }

    fn publish(&mut self) -> io::Result<()> {
        if let Some(directory) = self.rename()? {
            sync_directory(&directory);
        }
        Ok(())
    }

    /// Makes what was written durable and gives it its name, which is durable once its directory is synced: that is what is told.
    pub(super) fn rename(&mut self) -> io::Result<Option<PathBuf>> {
        self.writer.flush()?;
        let Some(pending) = &mut self.pending else { return Ok(None) };
        self.writer.get_ref().sync_all()?;
        pending.publish()?;
        Ok(pending.target.parent().map(Path::to_path_buf))
    }

    fn name_it(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {}", self.path.display(), system_text(error)))
    }
}

/// Errors name the file.
impl Write for OutputFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.writer.write(buf).map_err(|error| self.name_it(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush().map_err(|error| self.name_it(&error))
    }
}

/// A file without a name in a directory: gone with whoever holds it.
#[cfg_attr(not(feature = "unpack"), allow(dead_code, reason = "without the feature nothing is unpacked"))]
pub(crate) fn scratch(fence: &Fence, directory: &Path) -> io::Result<File> {
    let path = directory.join("scratch");
    fence.admit_output(&path).map_err(io::Error::other)?;
    // The name goes when the second half is dropped.
    let (file, _) = Pending::create(path, 0o600)?;
    Ok(file)
}

/// The temporary file and the name it is to take.
#[derive(Debug)]
struct Pending {
    temporary: Option<PathBuf>,
    target: PathBuf,
}

impl Pending {
    /// More than one try is only needed when a crashed run with our process id left a file of the same random name.
    const TRIES: u64 = 8;

    fn create(target: PathBuf, mode: u32) -> io::Result<(File, Self)> {
        if target.file_name().is_none() {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        let random = RandomState::new();
        for attempt in 0..Self::TRIES {
            let name = format!(".tightlip-{}-{:016x}.tmp", std::process::id(), random.hash_one(attempt));
            let temporary = target.with_file_name(name);
            let opened = match options.open(&temporary) {
                // Above a target the second wall lets files be written and none be read: what is packed is then refused, unproven.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    // The name may have been made all the same.
                    let _ = fs::remove_file(&temporary);
                    options.read(false).open(&temporary)
                }
                opened => opened,
            };
            match opened {
                Ok(file) => return Ok((file, Self { temporary: Some(temporary), target })),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn publish(&mut self) -> io::Result<()> {
        if let Some(temporary) = &self.temporary {
            fs::rename(temporary, &self.target)?;
            self.temporary = None;
        }
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Nobody is left to be told; the name says whose file it is.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Makes new names durable where the system lets a directory be synced; the bytes already are.
pub(super) fn sync_directory(directory: &Path) {
    #[cfg(unix)]
    {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
    #[cfg(not(unix))]
    let _ = directory;
}

/// Whether the path names a descriptor of this process.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"].iter().any(|descriptor| path.starts_with(descriptor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(path: &Path) -> Admitted<'_> {
        Fence::default().admit_output(path).unwrap()
    }

    /// The names in a directory and what the files hold.
    fn listing(directory: &Path) -> Vec<(String, String)> {
        let mut listing: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_str().unwrap().into(), fs::read_to_string(path).unwrap()))
            .collect();
        listing.sort();
        listing
    }

    fn is(directory: &Path, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|&(name, text)| (name.into(), text.into())).collect();
        assert_eq!(listing(directory), expected);
    }

    #[test]
    fn a_commit_replaces_and_a_drop_leaves_no_trace() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report");
        let write = |text: &str| {
            let mut output = OutputFile::create(pass(&path)).unwrap();
            output.write_all(text.as_bytes()).unwrap();
            output.flush().unwrap();
            output
        };
        drop(write("half"));
        is(dir.path(), &[]);

        let output = write("first");
        assert!(!path.exists());
        let temporary = output.temporary().unwrap().to_path_buf();
        assert_eq!(fs::read_to_string(&temporary).unwrap(), "first");
        assert_eq!(temporary.parent(), path.parent());
        output.commit().unwrap();
        is(dir.path(), &[("report", "first")]);

        drop(write("half"));
        is(dir.path(), &[("report", "first")]);
        let output = write("second");
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        output.commit().unwrap();
        is(dir.path(), &[("report", "second")]);
    }

    #[test]
    fn what_is_written_can_be_read_and_scratch_has_no_name() {
        use std::io::{Read as _, Seek as _};

        let dir = tempfile::tempdir().unwrap();
        let mut output = OutputFile::create(pass(&dir.path().join("copy"))).unwrap();
        output.write_all(b"some text").unwrap();
        let written = output.written().unwrap();
        let mut text = [0; 9];
        assert_eq!((written.len(), written.read_at(&mut text, 0).unwrap(), &text), (9, 9, b"some text"));
        drop(output);

        let mut scratch = scratch(&Fence::default(), dir.path()).unwrap();
        is(dir.path(), &[]);
        scratch.write_all(b"more").unwrap();
        scratch.rewind().unwrap();
        let mut text = String::new();
        scratch.read_to_string(&mut text).unwrap();
        assert_eq!(text, "more");
    }

    #[test]
    fn what_cannot_be_written_is_told_by_name_at_once() {
        let dir = tempfile::tempdir().unwrap();
        for (path, why) in [(dir.path().into(), "is a directory"), (dir.path().join("no/report"), "No such file")] {
            let error = OutputFile::create(pass(&path)).unwrap_err().to_string();
            assert!(error.starts_with(path.to_str().unwrap()) && error.contains(why), "{error}");
        }
        is(dir.path(), &[]);
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        use super::*;

        #[test]
        fn only_the_owner_may_read_and_links_stay() {
            let dir = tempfile::tempdir().unwrap();
            let at = |name: &str| dir.path().join(name);
            fs::create_dir(at("real")).unwrap();
            fs::write(at("real/report"), "old").unwrap();
            symlink("real/report", at("link")).unwrap();
            let link = at("link");
            let mut output = OutputFile::create(pass(&link)).unwrap();
            output.write_all(b"new").unwrap();
            output.commit().unwrap();
            is(&at("real"), &[("report", "new")]);
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::metadata(at("real/report")).unwrap().permissions().mode() & 0o777, 0o600);
        }

        #[test]
        fn devices_and_fifos_are_written_directly() {
            let dir = tempfile::tempdir().unwrap();
            let fifo = dir.path().join("fifo");
            assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
            let reader = std::thread::spawn({
                let fifo = fifo.clone();
                move || fs::read_to_string(fifo).unwrap()
            });
            for path in [fifo.as_path(), Path::new("/dev/null")] {
                let mut output = OutputFile::create(pass(path)).unwrap();
                assert_eq!(output.temporary(), None);
                output.write_all(b"report").unwrap();
                output.commit().unwrap();
            }
            assert_eq!(reader.join().unwrap(), "report");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn a_descriptor_is_added_to_and_its_file_stays() {
            use std::os::fd::AsRawFd as _;

            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("log");
            fs::write(&path, "before ").unwrap();
            let log = File::open(&path).unwrap();
            let descriptor = PathBuf::from(format!("/proc/self/fd/{}", log.as_raw_fd()));
            let mut output = OutputFile::create(pass(&descriptor)).unwrap();
            output.write_all(b"after").unwrap();
            output.commit().unwrap();
            is(dir.path(), &[("log", "before after")]);
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn a_failed_write_names_the_file() {
            let mut output = OutputFile::create(pass("/dev/full".as_ref())).unwrap();
            output.write_all(b"report").unwrap();
            assert_eq!(output.flush().unwrap_err().to_string(), "/dev/full: no space left on device");
            let error = output.commit().unwrap_err().to_string();
            assert!(error.starts_with("/dev/full: "), "{error}");
        }
    }
}
