//! The directory of a zip, held against what the members say of themselves.

use std::io::{self, Read, SeekFrom};
use std::ops::Range;

use super::Codec;
use super::ReadSeek;
use super::budget::{Budget, Decoded, damaged, fault};
use crate::model::SkipReason;

/// A directory that is longer is not read: it must be in memory.
const LONGEST_DIRECTORY: u64 = 64 << 20;

/// Of a zip without a directory, no more members are looked for.
const MOST_SALVAGED: usize = 1 << 16;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
/// The lengths of the fixed parts.
const LOCAL_LEN: usize = 30;
const CENTRAL_LEN: usize = 46;
const END_LEN: usize = 22;
const LOCATOR_LEN: usize = 20;
const END_64_LEN: usize = 56;
/// What is told elsewhere, because it needs 64 bits.
const ELSEWHERE: u64 = 0xffff_ffff;
const ZIP_64: u16 = 1;

/// Flags of a member.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const DESCRIBED_BEHIND: u16 = 1 << 3;

/// A zip whose directory was read.
#[derive(Debug)]
pub(super) struct Directory {
    /// By where they stand.
    pub(super) members: Vec<Member>,
    /// The directory as it is stored, to the end of the file; how long it is by itself, and where in it its end record begins.
    bytes: Vec<u8>,
    end: usize,
    record: usize,
    /// Where it stands.
    pub(super) at: u64,
    /// Where the file ends.
    len: u64,
}

/// A member.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    /// Why it cannot be read.
    pub(super) fault: Option<SkipReason>,
    flags: u16,
    method: u16,
    crc: u32,
    size: u64,
    /// Where its own header stands, and where its data.
    pub(super) local: u64,
    pub(super) data: Range<u64>,
    /// Its record in the directory.
    record: Range<usize>,
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

fn wrong() -> io::Error {
    damaged("zip")
}

fn read_at(input: &mut dyn ReadSeek, range: Range<u64>) -> io::Result<Vec<u8>> {
    input.seek(SeekFrom::Start(range.start))?;
    let len = range.end - range.start;
    let mut bytes = Vec::new();
    input.take(len).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == len { Ok(bytes) } else { Err(wrong()) }
}

/// Finds the end record, which a comment may follow.
fn find_end(tail: &[u8]) -> io::Result<usize> {
    let is_end =
        |&at: &usize| tail.len() - at >= END_LEN && tail.len() - at - END_LEN == usize::from(u16_at(tail, at + 20));
    let mut ends = memchr::memmem::find_iter(tail, &END).filter(is_end);
    // Two of them would be read by some in one way, by others in the other.
    ends.next().filter(|_| ends.next().is_none()).ok_or_else(wrong)
}

/// The extra fields of a record, each with its number.
fn fields(mut extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let head = extra.get(..4)?;
        let len = 4 + usize::from(u16_at(head, 2));
        let field = extra.get(..len)?;
        extra = &extra[len..];
        Some((u16_at(field, 0), field))
    })
}

/// Puts in what a record tells in 64 bits, in the order of the fields that say so.
fn widen(extra: &[u8], values: &mut [&mut u64]) -> io::Result<()> {
    let wide = fields(extra).find(|(id, _)| *id == ZIP_64).map_or(&[][..], |(_, field)| &field[4..]);
    let mut rest = wide;
    for value in values.iter_mut().filter(|value| ***value == ELSEWHERE) {
        let (first, behind) = rest.split_at_checked(8).ok_or_else(wrong)?;
        **value = u64_at(first, 0);
        rest = behind;
    }
    Ok(())
}

impl Directory {
    /// Reads a directory. What is wrong with a member is told of the member.
    pub(super) fn read(input: &mut dyn ReadSeek) -> io::Result<Self> {
        let len = input.seek(SeekFrom::End(0))?;
        let reach = (END_LEN + LOCATOR_LEN + END_64_LEN) as u64 + u64::from(u16::MAX);
        let tail_at = len.saturating_sub(reach);
        let tail = read_at(input, tail_at..len)?;
        let end = find_end(&tail)?;
        let record = &tail[end..];
        let (mut count, mut size, mut at) =
            (u64::from(u16_at(record, 10)), u64::from(u32_at(record, 12)), u64::from(u32_at(record, 16)));
        let is_split = u16_at(record, 4) != u16_at(record, 6) || u16_at(record, 8) != u16_at(record, 10);
        let mut end_at = tail_at + end as u64;
        let locator = end.checked_sub(LOCATOR_LEN).map(|start| &tail[start..end]);
        if let Some(locator) = locator.filter(|locator| locator.starts_with(&LOCATOR_64)) {
            let wide_at = u64_at(locator, 8);
            let expected = end_at.checked_sub((LOCATOR_LEN + END_64_LEN) as u64);
            if expected != Some(wide_at) {
                return Err(wrong());
            }
            let wide = read_at(input, wide_at..wide_at + END_64_LEN as u64)?;
            if !wide.starts_with(&END_64) {
                return Err(wrong());
            }
            (count, size, at, end_at) = (u64_at(&wide, 32), u64_at(&wide, 40), u64_at(&wide, 48), wide_at);
        }
        if is_split || at.checked_add(size) != Some(end_at) {
            return Err(wrong());
        }
        if size > LONGEST_DIRECTORY {
            return Err(fault(SkipReason::Sealed { what: "zip files with so many members" }));
        }
        let bytes = read_at(input, at..len)?;
        let record = bytes.len() - record.len();
        let mut directory = Self { members: Vec::new(), end: size as usize, record, bytes, at, len };
        directory.read_members(count, input)?;
        Ok(directory)
    }

    /// The members of a zip without a directory: cut short, as far as each says where it ends. Clipped to what is there.
    pub(super) fn salvage(input: &mut dyn ReadSeek) -> io::Result<Vec<Member>> {
        let len = input.seek(SeekFrom::End(0))?;
        let mut members: Vec<Member> = Vec::new();
        let mut local = 0;
        while members.len() < MOST_SALVAGED && local + (LOCAL_LEN as u64) < len {
            let end = local + LOCAL_LEN as u64;
            let head = read_at(input, local..end)?;
            let (flags, method, stored) = (u16_at(&head, 6), u16_at(&head, 8), u64::from(u32_at(&head, 18)));
            let is_told = flags & (DESCRIBED_BEHIND | ENCRYPTED) == 0 && stored != ELSEWHERE;
            if !head.starts_with(&LOCAL) || !is_told || codec_of(method).is_none() {
                break;
            }
            let name_end = end + u64::from(u16_at(&head, 26));
            let start = name_end + u64::from(u16_at(&head, 28));
            members.push(Member {
                name: read_at(input, end..name_end.min(len))?,
                fault: None,
                flags,
                method,
                crc: u32_at(&head, 14),
                size: u64::from(u32_at(&head, 22)),
                local,
                data: start.min(len)..(start + stored).min(len),
                record: 0..0,
            });
            local = start + stored;
        }
        Ok(members)
    }

    fn read_members(&mut self, count: u64, input: &mut dyn ReadSeek) -> io::Result<()> {
        let mut start = 0;
        while start < self.end {
            let record = &self.bytes[start..self.end];
            let len = record_len(record).ok_or_else(wrong)?;
            let member = Member::of(&record[..len], start)?;
            self.members.push(member);
            start += len;
        }
        if self.members.len() as u64 != count {
            return Err(wrong());
        }
        self.members.sort_by_key(|member| member.local);
        let mut past = 0;
        for member in &mut self.members {
            let is_behind = member.local >= past;
            let fits = member.locate(input, self.at)?;
            if !fits || !is_behind {
                // Members that share their data make much of little.
                member.fault = Some(SkipReason::Damaged { what: "zip" });
                member.data = past..past;
            }
            past = past.max(member.data.end);
        }
        Ok(())
    }

    /// The bytes of the file that are no member's data.
    pub(super) fn gaps(&self) -> Vec<Range<u64>> {
        let mut gaps = Vec::new();
        let mut past = 0;
        for data in self.members.iter().map(|member| &member.data).filter(|data| !data.is_empty()) {
            gaps.push(past..data.start);
            past = data.end;
        }
        gaps.push(past..self.len);
        gaps
    }

    /// The directory for members that were written anew: each where `places` says, those with sizes with these. `at` is where it will
    /// stand. `None` where that cannot be told in 32 bits.
    pub(super) fn rewritten(&self, places: &[Written], at: u64) -> Option<Vec<u8>> {
        let mut records: Vec<(&Member, &Written)> = self.members.iter().zip(places).collect();
        records.sort_by_key(|(member, _)| member.record.start);
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for (member, written) in records {
            let record = &self.bytes[member.record.clone()];
            let mut head = record[..CENTRAL_LEN].to_vec();
            let Sizes { flags, crc, stored, size } = written.sizes.unwrap_or(Sizes {
                flags: member.flags,
                crc: member.crc,
                stored: member.data.end - member.data.start,
                size: member.size,
            });
            put(&mut head, 8, flags);
            patch_sizes(&mut head[16..28], crc, stored, size)?;
            head[42..46].copy_from_slice(&narrow(written.at)?.to_le_bytes());
            let (name_end, extra_end) = bounds(record);
            let extra = narrowed(&record[name_end..extra_end]);
            put(&mut head, 30, extra.len() as u16);
            for part in [&head, &record[CENTRAL_LEN..name_end], &extra, &record[extra_end..]] {
                bytes.extend_from_slice(part);
            }
        }
        let mut end = self.bytes[self.record..].to_vec();
        let count = u16::try_from(self.members.len()).ok().filter(|&count| count < u16::MAX)?;
        put(&mut end, 8, count);
        put(&mut end, 10, count);
        end[12..16].copy_from_slice(&narrow(bytes.len() as u64)?.to_le_bytes());
        end[16..20].copy_from_slice(&narrow(at)?.to_le_bytes());
        bytes.extend_from_slice(&end);
        Some(bytes)
    }
}

/// Where a member stands in the copy, and its new sizes if it was written anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub(super) at: u64,
    pub(super) sizes: Option<Sizes>,
}

/// What a header says of data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    flags: u16,
    crc: u32,
    pub(super) stored: u64,
    size: u64,
}

fn put(head: &mut [u8], at: usize, value: u16) {
    head[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

fn narrow(value: u64) -> Option<u32> {
    u32::try_from(value).ok().filter(|&value| u64::from(value) != ELSEWHERE)
}

fn patch_sizes(fields: &mut [u8], crc: u32, stored: u64, size: u64) -> Option<()> {
    fields[..4].copy_from_slice(&crc.to_le_bytes());
    fields[4..8].copy_from_slice(&narrow(stored)?.to_le_bytes());
    fields[8..12].copy_from_slice(&narrow(size)?.to_le_bytes());
    Some(())
}

/// Extra fields without the one for 64 bits.
fn narrowed(extra: &[u8]) -> Vec<u8> {
    fields(extra).filter(|(id, _)| *id != ZIP_64).flat_map(|(_, field)| field.iter().copied()).collect()
}

fn record_len(record: &[u8]) -> Option<usize> {
    let head = record.get(..CENTRAL_LEN).filter(|head| head.starts_with(&CENTRAL))?;
    let len = CENTRAL_LEN + [28, 30, 32].map(|at| usize::from(u16_at(head, at))).iter().sum::<usize>();
    Some(len).filter(|&len| len <= record.len())
}

/// Where the name of a record ends, and where its extra fields.
fn bounds(record: &[u8]) -> (usize, usize) {
    let name_end = CENTRAL_LEN + usize::from(u16_at(record, 28));
    (name_end, name_end + usize::from(u16_at(record, 30)))
}

impl Member {
    fn of(record: &[u8], start: usize) -> io::Result<Self> {
        let (name_end, extra_end) = bounds(record);
        let [mut stored, mut size, mut local] = [20, 24, 42].map(|at| u64::from(u32_at(record, at)));
        widen(&record[name_end..extra_end], &mut [&mut size, &mut stored, &mut local])?;
        let (flags, method) = (u16_at(record, 8), u16_at(record, 10));
        let fault = match () {
            () if flags & ENCRYPTED != 0 => Some(SkipReason::Sealed { what: "encrypted members" }),
            () if codec_of(method).is_none() => Some(SkipReason::Sealed { what: "members packed by such a method" }),
            () => None,
        };
        Ok(Self {
            name: record[CENTRAL_LEN..name_end].to_vec(),
            fault,
            flags,
            method,
            crc: u32_at(record, 16),
            size,
            local,
            // Behind its header, once that is read.
            data: 0..stored,
            record: start..start + record.len(),
        })
    }

    /// Finds the data behind the member's own header, which must agree with the directory; says whether it does.
    fn locate(&mut self, input: &mut dyn ReadSeek, limit: u64) -> io::Result<bool> {
        let end = self.local.checked_add(LOCAL_LEN as u64).filter(|&end| end <= limit);
        let Some(end) = end else { return Ok(false) };
        let head = read_at(input, self.local..end)?;
        let (name_len, extra_len) = (u16_at(&head, 26), u16_at(&head, 28));
        let start = end + u64::from(name_len) + u64::from(extra_len);
        let Some(data_end) = start.checked_add(self.data.end).filter(|&end| end <= limit) else { return Ok(false) };
        let rest = read_at(input, end..start)?;
        let (name, extra) = rest.split_at(usize::from(name_len));
        let [mut stored, mut size] = [18, 22].map(|at| u64::from(u32_at(&head, at)));
        if widen(extra, &mut [&mut size, &mut stored]).is_err() {
            return Ok(false);
        }
        let flags = u16_at(&head, 6);
        let sizes_agree = flags & DESCRIBED_BEHIND != 0
            || stored == self.data.end && size == self.size && u32_at(&head, 14) == self.crc;
        self.data = start..data_end;
        let is_stored = self.method == 0 && self.fault.is_none();
        Ok(head.starts_with(&LOCAL)
            && name == self.name
            && (flags ^ self.flags) & ENCRYPTED == 0
            && u16_at(&head, 8) == self.method
            && sizes_agree
            && (!is_stored || data_end - start == self.size))
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.data.is_empty() && self.size == 0
    }

    /// How its data are compressed; `None` where they are not.
    pub(super) fn codec(&self) -> Option<Codec> {
        codec_of(self.method).flatten()
    }

    /// Reads its data as what they were, and holds them against size and checksum.
    pub(super) fn decoder<'d>(&self, data: impl Read + 'd, budget: &'d Budget) -> Box<dyn Read + 'd> {
        let checked = |inner: Box<dyn Read + 'd>| Checked {
            inner,
            crc: flate2::Crc::new(),
            size: 0,
            expected: (self.crc, self.size),
        };
        match self.codec() {
            None => Box::new(checked(Box::new(data))),
            Some(codec) => Box::new(checked(Box::new(Decoded::new(codec.decoder(data), budget, codec.name())))),
        }
    }

    /// Its own header, with other sizes. `None` where they cannot be told in 32 bits.
    pub(super) fn header(&self, input: &mut dyn ReadSeek, sizes: &Sizes) -> io::Result<Option<Vec<u8>>> {
        let old = read_at(input, self.local..self.data.start)?;
        let mut head = old[..LOCAL_LEN].to_vec();
        let name_end = LOCAL_LEN + self.name.len();
        let extra = narrowed(&old[name_end..]);
        put(&mut head, 6, sizes.flags);
        put(&mut head, 28, extra.len() as u16);
        if patch_sizes(&mut head[14..26], sizes.crc, sizes.stored, sizes.size).is_none() {
            return Ok(None);
        }
        Ok(Some([&head, &old[LOCAL_LEN..name_end], &extra].concat()))
    }

    /// The sizes of new data.
    pub(super) fn sizes(&self, crc: u32, stored: u64, size: u64) -> Sizes {
        Sizes { flags: self.flags & !DESCRIBED_BEHIND, crc, stored, size }
    }
}

/// The codec of a method; the inner `None` is for data as they are.
#[expect(clippy::option_option, reason = "an unknown method is not the same as none")]
fn codec_of(method: u16) -> Option<Option<Codec>> {
    match method {
        0 => Some(None),
        8 => Some(Some(Codec::Deflate)),
        12 => Some(Some(Codec::Bzip2)),
        93 => Some(Some(Codec::Zstd)),
        95 => Some(Some(Codec::Xz)),
        _ => None,
    }
}

/// Data that must have a certain size and checksum.
struct Checked<R> {
    inner: R,
    crc: flate2::Crc,
    size: u64,
    expected: (u32, u64),
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.crc.update(&buf[..read]);
        self.size += read as u64;
        let is_over = read == 0 && !buf.is_empty();
        if self.size > self.expected.1 || is_over && (self.crc.sum(), self.size) != self.expected {
            return Err(wrong());
        }
        Ok(read)
    }
}

/// Several parts of a file, one behind the other.
pub(super) struct Parts<'p> {
    pub(super) input: &'p mut dyn ReadSeek,
    pub(super) rest: std::vec::IntoIter<Range<u64>>,
    pub(super) part: Range<u64>,
}

impl Read for Parts<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() {
            let Some(next) = self.rest.next() else { return Ok(0) };
            self.part = next;
        }
        self.input.seek(SeekFrom::Start(self.part.start))?;
        let wanted = buf.len().min(usize::try_from(self.part.end - self.part.start).unwrap_or(usize::MAX));
        let read = self.input.read(&mut buf[..wanted])?;
        if read == 0 && wanted > 0 {
            return Err(wrong());
        }
        self.part.start += read as u64;
        Ok(read)
    }
}
