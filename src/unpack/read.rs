//! Reads what is packed, as deep as it is asked for, and tells of every text and of everything that is not read.

use std::io::{self, Cursor, Read, SeekFrom};

use super::budget::{Budget, Decoded, Stored, Text, damaged, fault, reason};
use super::tar::{Member, Tar};
use super::zip::{self, Directory, Parts};
use super::{Codec, HEAD, HELD, Packed, Packing, ReadSeek, Visit};
use crate::model::SkipReason;

/// So much of what stands around the members of a tar is handed on at once.
const FRAME: usize = 1 << 20;

/// Reads a file that is packed. At most `depth` packings are undone one inside the other.
pub(crate) fn read(input: Packed<'_>, packing: Packing, depth: usize, visit: &mut dyn Visit) {
    let budget = Budget::default();
    let mut reading = Reading { visit, budget: &budget, depth, members: Vec::new() };
    match input {
        Packed::File(file) => reading.unpack(Packed::File(&mut Stored::new(file, &budget)), packing, 0),
        Packed::Stream(stream) => reading.unpack(Packed::Stream(&mut Stored::new(stream, &budget)), packing, 0),
    }
}

struct Reading<'r> {
    visit: &'r mut dyn Visit,
    budget: &'r Budget,
    /// How deep to go.
    depth: usize,
    /// The names that lead to what is being read.
    members: Vec<Vec<u8>>,
}

impl Reading<'_> {
    fn unpack(&mut self, source: Packed<'_>, packing: Packing, depth: usize) {
        if depth >= self.depth {
            return self.unread(SkipReason::TooDeep { most: self.depth });
        }
        let done = match (packing, source) {
            (Packing::Sealed(what), _) => Err(fault(SkipReason::Sealed { what })),
            (Packing::Compressed(codec), Packed::File(source)) => return self.compressed(source, codec, depth),
            (Packing::Compressed(codec), Packed::Stream(source)) => return self.compressed(source, codec, depth),
            (Packing::Tar, Packed::File(source)) => self.tar(source, depth),
            (Packing::Tar, Packed::Stream(source)) => self.tar(source, depth),
            (Packing::Zip, Packed::File(source)) => self.zip(source, depth),
            (Packing::Zip, Packed::Stream(source)) => {
                held(source).and_then(|bytes| self.zip(&mut Cursor::new(bytes), depth))
            }
        };
        if let Err(error) = done {
            let unreadable = || SkipReason::Unreadable { message: error.kind().to_string() };
            self.unread(reason(&error).unwrap_or_else(unreadable));
        }
    }

    fn unread(&mut self, reason: SkipReason) {
        self.visit.unread(&self.members, reason);
    }

    /// What may be packed itself.
    fn inner(&mut self, mut source: &mut dyn Read, depth: usize) {
        let mut head = Vec::with_capacity(HEAD);
        // A fault in the head is met again behind it, by whoever reads on.
        let failed = (&mut source).take(HEAD as u64).read_to_end(&mut head).err();
        let packing = Packing::of(&head);
        let mut source = Cursor::new(head).chain(Failing(failed)).chain(source);
        match packing {
            Some(packing) => self.unpack(Packed::Stream(&mut source), packing, depth + 1),
            None => self.text(&mut source),
        }
    }

    fn text(&mut self, source: &mut dyn Read) {
        self.visit.text(&self.members, &mut Text::new(source));
    }

    fn frame(&mut self, source: &mut dyn Read) {
        self.visit.frame(&self.members, &mut Text::new(source));
    }

    fn compressed(&mut self, source: impl Read, codec: Codec, depth: usize) {
        let mut decoded = Decoded::new(codec.decoder(source), self.budget, codec.name());
        self.inner(&mut decoded, depth);
        let aside = decoded.inner.aside();
        if !aside.is_empty() {
            self.frame(&mut aside.as_slice());
        }
    }

    fn tar(&mut self, source: impl Read, depth: usize) -> io::Result<()> {
        let mut tar = Tar::new(source);
        let mut frame = Vec::new();
        let done = self.tar_members(&mut tar, &mut frame, depth);
        if !frame.is_empty() {
            self.frame(&mut frame.as_slice());
        }
        done
    }

    fn tar_members(&mut self, tar: &mut Tar<impl Read>, frame: &mut Vec<u8>, depth: usize) -> io::Result<()> {
        while let Some(member) = tar.next()? {
            if self.visit.is_done() {
                break;
            }
            frame.extend_from_slice(&member.head);
            if frame.len() > FRAME {
                self.frame(&mut frame.as_slice());
                frame.clear();
            }
            if member.size > 0 {
                let mut data = (&mut tar.input).take(member.size);
                self.member(member.name, &mut data, depth);
                if self.visit.is_done() {
                    break;
                }
                pass_over(&mut data)?;
                let padding = Member::padding(member.size);
                if (&mut tar.input).take(padding).read_to_end(frame)? as u64 != padding {
                    return Err(damaged("tar"));
                }
            }
        }
        Ok(())
    }

    fn member(&mut self, name: Vec<u8>, data: &mut dyn Read, depth: usize) {
        self.members.push(name);
        self.inner(data, depth);
        self.members.pop();
    }

    fn zip(&mut self, source: &mut dyn ReadSeek, depth: usize) -> io::Result<()> {
        let directory = match Directory::read(source) {
            Ok(directory) => directory,
            Err(error) => {
                for member in Directory::salvage(source)? {
                    self.zip_member(source, member, depth)?;
                }
                return Err(error);
            }
        };
        let gaps = directory.gaps();
        for member in directory.members {
            if self.visit.is_done() {
                return Ok(());
            }
            self.zip_member(source, member, depth)?;
        }
        self.frame(&mut Parts { input: source, rest: gaps.into_iter(), part: 0..0 });
        Ok(())
    }

    fn zip_member(&mut self, source: &mut dyn ReadSeek, member: zip::Member, depth: usize) -> io::Result<()> {
        if let Some(fault) = member.fault {
            self.members.push(member.name);
            self.unread(fault);
            self.members.pop();
        } else if !member.is_empty() {
            source.seek(SeekFrom::Start(member.data.start))?;
            let data = source.take(member.data.end - member.data.start);
            let mut decoder = member.decoder(data, self.budget);
            self.member(member.name.clone(), &mut decoder, depth);
        }
        Ok(())
    }
}

/// Fails once, if it has a reason.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Reads what is to be in memory whole.
pub(super) fn held(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(HELD + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > HELD {
        return Err(fault(SkipReason::Sealed { what: "archives of more than 32 MiB inside of others" }));
    }
    Ok(bytes)
}

/// Reads what is left, all of which must be there.
pub(super) fn pass_over(data: &mut io::Take<impl Read>) -> io::Result<()> {
    io::copy(data, &mut io::sink())?;
    if data.limit() > 0 { Err(damaged("tar")) } else { Ok(()) }
}
