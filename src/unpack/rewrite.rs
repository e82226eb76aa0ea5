//! Packs anew what was packed, with other texts in it. All else stays: order, names, times, modes, and whatever is not touched.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use super::budget::{Budget, Decoded, Stored, Text, damaged, fault, reason};
use super::codec::Encode;
use super::read::{held, pass_over};
use super::tar::{self, Tar};
use super::zip::{Directory, Member, Written};
use super::{Codec, Edit, HEAD, Packing, ReadSeek, Scratch, inner_name};
use crate::model::SkipReason;

/// Writes a packed file anew; says whether it has changed. `name` is its own.
///
/// # Errors
/// What `edit` says, or cannot be written. What cannot be read goes through [`Edit::refused`].
pub(crate) fn rewrite(
    input: &mut dyn ReadSeek,
    packing: Packing,
    name: &[u8],
    depth: usize,
    edit: &mut dyn Edit,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let budget = Budget::default();
    let mut rewriting = Rewriting { edit, budget: &budget, depth, members: Vec::new() };
    let mut input = Stored::new(input, &budget);
    let done = match packing {
        Packing::Zip => rewriting.zip(&mut input, 0, out),
        _ => rewriting.unpack(&mut input, packing, name, 0, out),
    };
    done.map_err(|error| match reason(&error) {
        Some(reason) => rewriting.edit.refused(&rewriting.members, reason),
        None => error,
    })
}

struct Rewriting<'r> {
    edit: &'r mut dyn Edit,
    budget: &'r Budget,
    depth: usize,
    /// The names that lead to what is being written: to what failed, where something has.
    members: Vec<Vec<u8>>,
}

impl Rewriting<'_> {
    fn unpack(
        &mut self,
        source: &mut dyn Read,
        packing: Packing,
        name: &[u8],
        depth: usize,
        out: &mut dyn Write,
    ) -> io::Result<bool> {
        if depth >= self.depth {
            return Err(fault(SkipReason::TooDeep { most: self.depth }));
        }
        match packing {
            Packing::Sealed(what) => Err(fault(SkipReason::Sealed { what })),
            Packing::Compressed(codec) => self.compressed(source, codec, inner_name(name), depth, out),
            Packing::Tar => self.tar(source, depth, out),
            Packing::Zip => self.zip(&mut Cursor::new(held(source)?), depth, out),
        }
    }

    /// What may be packed itself.
    fn inner(&mut self, mut source: &mut dyn Read, name: &[u8], depth: usize, out: &mut dyn Write) -> io::Result<bool> {
        let mut head = Vec::with_capacity(HEAD);
        (&mut source).take(HEAD as u64).read_to_end(&mut head)?;
        let packing = Packing::of(&head);
        let mut source = Cursor::new(head).chain(source);
        let Some(packing) = packing else {
            let mut text = Text::new(&mut source);
            let changed = self.edit.text(name, &mut text, out)?;
            return text.fault().map_or(Ok(changed), |reason| Err(fault(reason)));
        };
        if self.members.is_empty() {
            return self.unpack(&mut source, packing, name, depth + 1, out);
        }
        // As a member of an archive, it stays as it is where it can.
        let bytes = held(&mut source)?;
        let mut copy = Vec::new();
        let changed = self.unpack(&mut bytes.as_slice(), packing, name, depth + 1, &mut copy)?;
        out.write_all(if changed { &copy } else { &bytes })?;
        Ok(changed)
    }

    fn compressed(
        &mut self,
        source: &mut dyn Read,
        codec: Codec,
        name: &[u8],
        depth: usize,
        out: &mut dyn Write,
    ) -> io::Result<bool> {
        let mut decoded = Decoded::new(codec.decoder(source), self.budget, codec.name());
        let mut first = [0];
        // Only then the header is known.
        let len = read_some(&mut decoded, &mut first)?;
        let mut encoder = codec.encoder(decoded.inner.header(), out)?;
        let changed = self.inner(&mut (&first[..len]).chain(&mut decoded), name, depth, &mut encoder)?;
        encoder.finish()?;
        self.edit.frame(&decoded.inner.aside())?;
        Ok(changed)
    }

    fn tar(&mut self, source: &mut dyn Read, depth: usize, out: &mut dyn Write) -> io::Result<bool> {
        let mut tar = Tar::new(source);
        let mut is_changed = false;
        while let Some(mut member) = tar.next()? {
            self.edit.frame(&member.head)?;
            io::copy(&mut io::repeat(0).take(member.zeros), out)?;
            self.members.push(std::mem::take(&mut member.name));
            is_changed |= self.tar_member(&mut tar, &mut member, depth, out)?;
            self.members.pop();
        }
        io::copy(&mut io::repeat(0).take(tar.zeros), out)?;
        Ok(is_changed)
    }

    fn tar_member(
        &mut self,
        tar: &mut Tar<&mut dyn Read>,
        member: &mut tar::Member,
        depth: usize,
        out: &mut dyn Write,
    ) -> io::Result<bool> {
        let mut data = (&mut tar.input).take(member.size);
        let mut copy = self.buffer()?;
        let name = self.members.last().cloned().unwrap_or_default();
        let changed = member.size > 0 && self.inner(&mut data, &name, depth, &mut copy)?;
        pass_over(&mut data)?;
        let mut padding = Vec::new();
        let expected = tar::Member::padding(member.size);
        if (&mut tar.input).take(expected).read_to_end(&mut padding)? as u64 != expected {
            return Err(damaged("tar"));
        }
        self.edit.frame(&padding)?;
        if changed {
            let fits = member.is_plain.then(|| member.resize(copy.len)).flatten();
            fits.ok_or_else(|| fault(SkipReason::Sealed { what: "members with holes, or of 8 GiB and more," }))?;
            padding = vec![0; tar::Member::padding(copy.len) as usize];
        }
        out.write_all(&member.head)?;
        copy.copy_to(out)?;
        out.write_all(&padding)?;
        Ok(changed)
    }

    /// Room for a member's data until their length is known.
    fn buffer(&mut self) -> io::Result<Buffer> {
        // A file is asked for before it is known whether it is needed: whoever writes cannot ask.
        let (most, spill) = (self.edit.in_memory(), self.edit.scratch()?);
        Ok(Buffer { bytes: Vec::new(), most, spill, len: 0, crc: flate2::Crc::new() })
    }

    fn zip(&mut self, input: &mut dyn ReadSeek, depth: usize, out: &mut dyn Write) -> io::Result<bool> {
        if depth >= self.depth {
            return Err(fault(SkipReason::TooDeep { most: self.depth }));
        }
        let directory = Directory::read(input)?;
        for gap in directory.gaps() {
            self.gap(input, gap)?;
        }
        let mut at = directory.members.first().map_or(directory.at, |member| member.local);
        copy_range(input, 0..at, out)?;
        let mut is_changed = false;
        let mut written = Vec::with_capacity(directory.members.len());
        for (index, member) in directory.members.iter().enumerate() {
            let next = directory.members.get(index + 1).map_or(directory.at, |next| next.local);
            self.members.push(member.name.clone());
            let (place, behind) = self.zip_member(input, member, member.local..next, at, depth, out)?;
            self.members.pop();
            is_changed |= place.sizes.is_some();
            written.push(place);
            at = behind;
        }
        let records = directory.rewritten(&written, at);
        out.write_all(&records.ok_or_else(|| fault(SkipReason::Sealed { what: "zip files of 4 GiB and more" }))?)?;
        Ok(is_changed)
    }

    fn gap(&mut self, input: &mut dyn ReadSeek, gap: Range<u64>) -> io::Result<()> {
        input.seek(SeekFrom::Start(gap.start))?;
        let bytes = held(&mut input.take(gap.end - gap.start))?;
        self.edit.frame(&bytes)
    }

    /// Writes a member, with all that stands between it and the next; says where the next goes.
    fn zip_member(
        &mut self,
        input: &mut dyn ReadSeek,
        member: &Member,
        stretch: Range<u64>,
        at: u64,
        depth: usize,
        out: &mut dyn Write,
    ) -> io::Result<(Written, u64)> {
        if let Some(reason) = &member.fault {
            return Err(fault(reason.clone()));
        }
        let mut copy = self.buffer()?;
        let mut changed = false;
        if !member.is_empty() {
            input.seek(SeekFrom::Start(member.data.start))?;
            let data = (&mut *input).take(member.data.end - member.data.start);
            let mut decoder = member.decoder(data, self.budget);
            changed = self.inner(&mut decoder, &member.name, depth, &mut copy)?;
            io::copy(&mut decoder, &mut io::sink())?;
        }
        if !changed {
            copy_range(input, stretch.clone(), out)?;
            return Ok((Written { at, sizes: None }, at + stretch.end - stretch.start));
        }
        let (crc, size) = (copy.crc.sum(), copy.len);
        let mut stored = self.buffer()?;
        match member.codec() {
            None => copy.copy_to(&mut stored)?,
            Some(codec) => {
                let mut encoder: Box<dyn Encode> = codec.encoder(None, &mut stored)?;
                copy.copy_to(&mut encoder)?;
                encoder.finish()?;
            }
        }
        let sizes = member.sizes(crc, stored.len, size);
        let header = member.header(input, &sizes)?;
        let header = header.ok_or_else(|| fault(SkipReason::Sealed { what: "members of 4 GiB and more" }))?;
        out.write_all(&header)?;
        stored.copy_to(out)?;
        Ok((Written { at, sizes: Some(sizes) }, at + header.len() as u64 + stored.len))
    }
}

/// Reads until there is something.
fn read_some(source: &mut impl Read, buf: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buf) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

fn copy_range(input: &mut dyn ReadSeek, range: Range<u64>, out: &mut dyn Write) -> io::Result<()> {
    input.seek(SeekFrom::Start(range.start))?;
    let len = range.end - range.start;
    if io::copy(&mut input.take(len), out)? == len { Ok(()) } else { Err(damaged("zip")) }
}

/// A text until its length is known: in memory, and what is more in a file.
struct Buffer {
    bytes: Vec<u8>,
    most: usize,
    spill: Box<dyn Scratch>,
    len: u64,
    crc: flate2::Crc,
}

impl Buffer {
    fn copy_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.bytes)?;
        if self.len > self.bytes.len() as u64 {
            self.spill.seek(SeekFrom::Start(0))?;
            io::copy(&mut self.spill, out)?;
        }
        Ok(())
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (first, rest) = bytes.split_at(bytes.len().min(self.most - self.bytes.len()));
        self.bytes.extend_from_slice(first);
        self.spill.write_all(rest)?;
        self.crc.update(bytes);
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
