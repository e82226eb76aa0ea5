//! Other names that mounts give to a target: bind mounts of it, of what lies above it, and of what lies inside it.

use std::path::{Path, PathBuf};

/// One line of `/proc/self/mountinfo`, as far as it says what is mounted where.
struct Mount {
    device: String,
    /// The directory of the file system that is mounted.
    root: PathBuf,
    /// Where it is mounted.
    point: PathBuf,
}

/// Every place where some part of what lies at `real` can be reached as well.
pub(super) fn aliases(mountinfo: &str, real: &Path) -> Vec<PathBuf> {
    let mounts: Vec<Mount> = mountinfo.lines().filter_map(Mount::parse).collect();
    // Of several mounts on one point the last is seen.
    let over = mounts.iter().filter(|mount| real.starts_with(&mount.point));
    let Some(own) = over.max_by_key(|mount| mount.point.components().count()) else { return Vec::new() };
    let Ok(below) = real.strip_prefix(&own.point) else { return Vec::new() };
    let inside = own.root.join(below);
    let same_device = mounts.iter().filter(|mount| mount.device == own.device);
    let aliases = same_device.filter_map(|mount| match inside.strip_prefix(&mount.root) {
        Ok(below) => Some(mount.point.join(below)),
        Err(_) => mount.root.starts_with(&inside).then(|| mount.point.clone()),
    });
    aliases.filter(|alias| alias != real).collect()
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ').skip(2);
        let device = fields.next()?.to_owned();
        Some(Self { device, root: unescape(fields.next()?), point: unescape(fields.next()?) })
    }
}

/// Spaces, tabs, line feeds and backslashes are written as three octal digits.
fn unescape(field: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..3).filter(|_| *first == b'\\');
        let code = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[3..] } else { tail };
    }
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = r"
21 1 8:1 / / rw - ext4 /dev/sda1 rw
30 21 8:1 /srv/work/alpha/src /mnt/inner rw - ext4 /dev/sda1 rw
31 21 8:1 /srv/work /mnt/outer rw - ext4 /dev/sda1 rw
32 21 8:1 /srv/work/alpha /mnt/with\040space rw - ext4 /dev/sda1 rw
33 21 8:1 /srv/other /mnt/other rw - ext4 /dev/sda1 rw
40 21 8:2 / /data rw - ext4 /dev/sdb1 rw
41 21 8:2 /beta /mnt/beta rw - ext4 /dev/sdb1 rw";

    #[test]
    fn bind_mounts_give_other_names() {
        for (real, expected) in [
            ("/srv/work/alpha", &["/mnt/inner", "/mnt/outer/alpha", "/mnt/with space"][..]),
            ("/srv/work/alpha/src/deep", &["/mnt/inner/deep", "/mnt/outer/alpha/src/deep", "/mnt/with space/src/deep"]),
            ("/data/beta", &["/mnt/beta"]),
            ("/data/gamma", &[]),
        ] {
            assert_eq!(
                aliases(MOUNTS, Path::new(real)),
                expected.iter().map(PathBuf::from).collect::<Vec<_>>(),
                "{real}"
            );
        }
        assert!(aliases("", Path::new("/x")).is_empty());
    }
}
