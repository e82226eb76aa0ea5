//! What is packed: compressed files and archives, read as the texts they hold, or written anew with other texts in them.
//!
//! Memory: a decoder's window (at most [`WINDOW`]), a zip inside of something else ([`HELD`]), a zip's directory; never a text.

mod budget;
#[cfg(not(feature = "unpack"))]
mod closed;
#[cfg(feature = "unpack")]
mod codec;
#[cfg(all(any(test, fuzzing), feature = "unpack"))]
mod laws;
#[cfg(feature = "unpack")]
mod read;
#[cfg(feature = "unpack")]
mod rewrite;
#[cfg(feature = "unpack")]
mod tar;
#[cfg(all(test, feature = "unpack"))]
mod tests;
#[cfg(feature = "unpack")]
mod zip;

use std::io::{Read, Seek, Write};

pub(crate) use budget::Text;
#[cfg(not(feature = "unpack"))]
pub(crate) use closed::{read, rewrite};
#[cfg(all(any(test, fuzzing), feature = "unpack"))]
pub(crate) use laws::assert_laws;
#[cfg(feature = "unpack")]
pub(crate) use read::read;
#[cfg(feature = "unpack")]
pub(crate) use rewrite::rewrite;

use crate::model::SkipReason;

/// So many bytes tell how a file is packed.
pub(crate) const HEAD: usize = 512;

/// What must be in memory whole: an archive inside of another, where its directory is to be found at its end.
pub(crate) const HELD: u64 = 32 << 20;

/// How far a decoder may look back.
#[cfg(feature = "unpack")]
const WINDOW: u64 = 128 << 20;

/// What can be read from anywhere.
pub(crate) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// What takes a text whose length must be known before it can be written.
pub(crate) trait Scratch: Read + Write + Seek {}
impl<T: Read + Write + Seek> Scratch for T {}

/// Where packed bytes come from.
pub(crate) enum Packed<'s> {
    /// From a file, or from memory.
    File(&'s mut dyn ReadSeek),
    /// From a stream.
    Stream(&'s mut dyn Read),
}

/// Is told what a packed file holds.
pub(crate) trait Visit {
    /// A text, to be read to its end. `members` lead to it, outermost first.
    fn text(&mut self, members: &[Vec<u8>], text: &mut Text<'_>);

    /// What stands around the members of an archive, or beside a compressed text: names and comments above all. A text as any other,
    /// unless somebody tells them apart.
    fn frame(&mut self, members: &[Vec<u8>], text: &mut Text<'_>) {
        self.text(members, text);
    }

    /// Something that was not read, or not whole.
    fn unread(&mut self, members: &[Vec<u8>], reason: SkipReason);

    /// Whether no more is asked for.
    fn is_done(&self) -> bool;
}

/// Makes other texts of those that a packed file holds. Whatever it cannot do ends the rewriting.
pub(crate) trait Edit {
    /// Writes a text anew; says whether it has changed. `name` is that of the text: without the ending that said how it was packed.
    fn text(&mut self, name: &[u8], text: &mut Text<'_>, out: &mut dyn Write) -> std::io::Result<bool>;

    /// Agrees that what stands around members stays.
    fn frame(&mut self, bytes: &[u8]) -> std::io::Result<()>;

    /// What cannot be rewritten, or not be read.
    fn refused(&mut self, members: &[Vec<u8>], reason: SkipReason) -> std::io::Error;

    /// How much of a text may be in memory until its length is known.
    fn in_memory(&self) -> usize;

    /// Room for a text that memory is too small for. Only what [`Edit::text`] wrote goes there.
    fn scratch(&mut self) -> std::io::Result<Box<dyn Scratch>>;
}

/// How one stream of bytes is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    /// Inside of a zip.
    Deflate,
}

impl Codec {
    #[cfg(feature = "unpack")]
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Deflate => "deflate",
        }
    }
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// One text, compressed.
    Compressed(Codec),
    Tar,
    Zip,
    /// In a way that tightlip does not know.
    Sealed(&'static str),
}

/// How files begin that are packed. A tar says it further behind.
const MARKS: &[(&[u8], Packing)] = &[
    (b"\x1f\x8b\x08", Packing::Compressed(Codec::Gzip)),
    (b"\x28\xb5\x2f\xfd", Packing::Compressed(Codec::Zstd)),
    (b"\xfd7zXZ\0", Packing::Compressed(Codec::Xz)),
    (b"PK\x03\x04", Packing::Zip),
    (b"PK\x05\x06", Packing::Zip),
    (b"PK\x07\x08PK\x03\x04", Packing::Sealed("zip files in several parts")),
    (b"7z\xbc\xaf\x27\x1c", Packing::Sealed("7z files")),
    (b"Rar!\x1a\x07", Packing::Sealed("rar files")),
    (b"\x04\x22\x4d\x18", Packing::Sealed("lz4 files")),
    (b"LZIP\x01", Packing::Sealed("lzip files")),
    (b"\x1f\x9d\x90", Packing::Sealed("compress (.Z) files")),
];

impl Packing {
    /// How what begins with these bytes is packed: its first [`HEAD`], if there are so many. Names tell nothing.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let mark = MARKS.iter().find(|(mark, _)| head.starts_with(mark)).map(|(_, packing)| *packing);
        // Frames of zstd that hold anything else, before the first that holds data.
        let is_skippable = head.len() >= 8 && (0x50..=0x5f).contains(&head[0]) && head[1..4] == *b"\x2a\x4d\x18";
        mark.or(is_skippable.then_some(Self::Compressed(Codec::Zstd)))
            .or(is_bzip2(head).then_some(Self::Compressed(Codec::Bzip2)))
            .or(is_tar(head).then_some(Self::Tar))
    }
}

/// `BZh9` and the mark of its first block, or of its end.
fn is_bzip2(head: &[u8]) -> bool {
    const BLOCKS: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];
    head.starts_with(b"BZh")
        && head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
        && BLOCKS.iter().any(|block| head[4..].starts_with(block))
}

/// Whether a tar begins so: a header with a checksum that is right. Old ones have no other mark.
fn is_tar(head: &[u8]) -> bool {
    head.len() >= HEAD && head[0] != 0 && octal(&head[148..156]) == Some(checksum(head))
}

/// The checksum of a header of a tar: the sum of its bytes, those of the checksum taken for blanks.
fn checksum(header: &[u8]) -> u64 {
    let sum = |bytes: &[u8]| bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>();
    sum(&header[..148]) + 8 * u64::from(b' ') + sum(&header[156..HEAD])
}

/// A number in octal digits, with blanks or zeros around it.
fn octal(field: &[u8]) -> Option<u64> {
    let start = field.iter().position(|&byte| byte != b' ')?;
    let digits = &field[start..];
    let end = digits.iter().position(|&byte| matches!(byte, b' ' | 0)).unwrap_or(digits.len());
    let digits = std::str::from_utf8(&digits[..end]).ok().filter(|digits| !digits.starts_with('+'))?;
    u64::from_str_radix(digits, 8).ok()
}

/// The name of what a compressed file of that name holds: `a.jsonl.gz` holds `a.jsonl`, `a.tgz` holds `a`.
pub(crate) fn inner_name(name: &[u8]) -> &[u8] {
    const ENDINGS: [&str; 10] = [".gz", ".zst", ".xz", ".bz2", ".tgz", ".tzst", ".txz", ".tbz2", ".zstd", ".bz"];
    let is_end =
        |end: &&&str| name.len() > end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes());
    ENDINGS.iter().find(is_end).map_or(name, |end| &name[..name.len() - end.len()])
}
