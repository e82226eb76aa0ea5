//! A tar, member by member, with every byte that stands between the members' data.

use std::io::{self, Read};
use std::ops::Range;

use super::budget::damaged;
use super::{HEAD, checksum, octal};

/// Headers of one member, with all that extends them, are never longer.
const LONGEST_HEAD: usize = 4 << 20;

const SIZE: Range<usize> = 124..136;
const CHECKSUM: Range<usize> = 148..156;
const KIND: usize = 156;

/// A member, its data still to be read.
#[derive(Debug)]
pub(super) struct Member {
    /// Zeros before it: another tar was hung on.
    pub(super) zeros: u64,
    /// Its headers as they are stored.
    pub(super) head: Vec<u8>,
    /// Where in them its own begins.
    own: usize,
    pub(super) name: Vec<u8>,
    /// Bytes of data.
    pub(super) size: u64,
    /// Whether its data may have another size, and that is told in its own header alone.
    pub(super) is_plain: bool,
}

impl Member {
    /// Bytes that fill up the last block of so much data.
    pub(super) fn padding(size: u64) -> u64 {
        size.next_multiple_of(HEAD as u64) - size
    }

    /// Says another size. `None` where there is no room for it.
    pub(super) fn resize(&mut self, size: u64) -> Option<()> {
        let digits = format!("{size:011o}\0");
        let header = &mut self.head[self.own..self.own + HEAD];
        header[SIZE].copy_from_slice(Some(digits.as_bytes()).filter(|digits| digits.len() == SIZE.len())?);
        let sum = format!("{:06o}\0 ", checksum(header));
        header[CHECKSUM].copy_from_slice(sum.as_bytes());
        self.size = size;
        Some(())
    }
}

/// What headers say of the member that comes behind them.
#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    is_sparse: bool,
}

/// Reads a tar. The data of a member are read from [`Tar::input`] before the next member is asked for.
pub(super) struct Tar<R> {
    pub(super) input: R,
    /// Zeros at the end.
    pub(super) zeros: u64,
}

impl<R: Read> Tar<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, zeros: 0 }
    }

    /// The next member; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Member>> {
        let mut head = Vec::new();
        let mut extension = Extension::default();
        self.zeros = 0;
        loop {
            let own = head.len();
            let block = self.block(&mut head)?;
            if !block {
                return if own == 0 && self.zeros > 0 { Ok(None) } else { Err(damaged("tar")) };
            }
            let header = &head[own..];
            if header.iter().all(|&byte| byte == 0) {
                if own > 0 {
                    return Err(damaged("tar"));
                }
                self.zeros += HEAD as u64;
                head.clear();
                continue;
            }
            if octal(&header[CHECKSUM]) != Some(checksum(header)) {
                return Err(damaged("tar"));
            }
            let kind = header[KIND];
            let size = number(&header[SIZE]).ok_or_else(|| damaged("tar"))?;
            match kind {
                b'x' | b'g' | b'X' | b'L' | b'K' => self.extend(kind, size, &mut head, &mut extension)?,
                _ => return self.member(head, own, size, extension).map(Some),
            }
        }
    }

    /// Reads a block; `false` at the end.
    fn block(&mut self, head: &mut Vec<u8>) -> io::Result<bool> {
        match (&mut self.input).take(HEAD as u64).read_to_end(head)? {
            0 => Ok(false),
            HEAD => Ok(true),
            _ => Err(damaged("tar")),
        }
    }

    /// Reads a header that speaks of the next one.
    fn extend(&mut self, kind: u8, size: u64, head: &mut Vec<u8>, extension: &mut Extension) -> io::Result<()> {
        let start = head.len();
        let len = size + Member::padding(size);
        if len > (LONGEST_HEAD - start.min(LONGEST_HEAD)) as u64 {
            return Err(damaged("tar"));
        }
        if ((&mut self.input).take(len).read_to_end(head)? as u64) < len {
            return Err(damaged("tar"));
        }
        let text = &head[start..start + size as usize];
        match kind {
            b'L' => extension.name = Some(until_zero(text).to_vec()),
            b'K' => {}
            _ => extension.read(text).ok_or_else(|| damaged("tar"))?,
        }
        Ok(())
    }

    fn member(&mut self, mut head: Vec<u8>, own: usize, size: u64, extension: Extension) -> io::Result<Member> {
        let header = &head[own..];
        let kind = header[KIND];
        let name = extension.name.unwrap_or_else(|| name_in(header));
        let is_old_sparse = kind == b'S';
        let mut goes_on = is_old_sparse && header[482] != 0;
        while goes_on {
            let start = head.len();
            if start > LONGEST_HEAD || !self.block(&mut head)? {
                return Err(damaged("tar"));
            }
            goes_on = head[start + 504] != 0;
        }
        // Readers do not agree on what that would be; the size in the header cannot tell more than 8 GiB.
        if extension.size.is_some_and(|other| other != size && other < 1 << 33) {
            return Err(damaged("tar"));
        }
        // A hard link may say the size of what it leads to, and has no data.
        let size = if kind == b'1' { 0 } else { extension.size.unwrap_or(size) };
        let is_plain = matches!(kind, b'0' | 0 | b'7') && extension.size.is_none() && !extension.is_sparse;
        Ok(Member { zeros: self.zeros, head, own, name, size, is_plain })
    }
}

impl Extension {
    /// Reads records as pax has them: `27 path=somewhere\n`.
    fn read(&mut self, mut text: &[u8]) -> Option<()> {
        while !until_zero(text).is_empty() {
            let blank = text.iter().position(|&byte| byte == b' ')?;
            let len: usize = std::str::from_utf8(&text[..blank]).ok()?.parse().ok()?;
            let record = text.get(blank + 1..len)?.strip_suffix(b"\n")?;
            let equals = record.iter().position(|&byte| byte == b'=')?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value).ok()?.parse().ok()?;
                    self.size = Some(size).filter(|&size: &u64| size < 1 << 62);
                    self.size?;
                }
                _ => self.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
            text = &text[len..];
        }
        Some(())
    }
}

fn until_zero(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(0, text).unwrap_or(text.len())]
}

/// The name that a header tells, with the directory that POSIX has elsewhere.
fn name_in(header: &[u8]) -> Vec<u8> {
    let name = until_zero(&header[..100]);
    let prefix = if header[257..263] == *b"ustar\0" { until_zero(&header[345..500]) } else { b"" };
    if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
}

/// A number in octal digits, or, with the highest bit set, as it is.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 == 0 {
        // Nothing at all is what some write for zero.
        return if until_zero(field).trim_ascii().is_empty() { Some(0) } else { octal(field) };
    }
    let (high, low) = field.split_at(field.len() - 8);
    let low = u64::from_be_bytes(low.try_into().ok()?);
    (high[0] == 0x80 && high[1..].iter().all(|&byte| byte == 0) && low < 1 << 62).then_some(low)
}
