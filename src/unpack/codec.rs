//! Decoders that read all that a compressed file holds, however many streams it is made of, and encoders.

use std::io::{self, BufRead, BufReader, Read, Write};

use bzip2::bufread::MultiBzDecoder;
use bzip2::write::BzEncoder;
use flate2::bufread::{DeflateDecoder, GzDecoder};
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, GzBuilder, GzHeader};
use lzma_rust2::{XzOptions, XzReader, XzWriter};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, compress};

use super::budget::damaged;
use super::{Codec, WINDOW};

/// Bytes that decoders read at once.
const CHUNK: usize = 64 << 10;
/// What headers and frames may hold beside the data.
const ASIDE: usize = 1 << 20;
/// A copy is compressed in frames of so much: the encoder takes a frame at a time.
const FRAME: usize = 4 << 20;

/// Reads what is compressed.
pub(super) trait Decode: Read {
    /// What stood beside the data: names and comments.
    fn aside(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// The header of the first stream.
    fn header(&self) -> Option<&GzHeader> {
        None
    }
}

/// Writes what is to be compressed.
pub(super) trait Encode: Write {
    /// Writes what is left, and the end.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

impl Codec {
    pub(super) fn decoder<'r>(self, source: impl Read + 'r) -> Box<dyn Decode + 'r> {
        let source = BufReader::with_capacity(CHUNK, source);
        match self {
            Self::Gzip => Box::new(Gzip::new(source)),
            Self::Zstd => Box::new(Zstd::new(source)),
            Self::Xz => Box::new(XzReader::new_mem_limit(Full(source), true, (WINDOW >> 10) as u32 + 1024)),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(source)),
            Self::Deflate => Box::new(Deflate(DeflateDecoder::new(source))),
        }
    }

    /// An encoder. Of the `header` of a gzip file, time and name are kept.
    pub(super) fn encoder<'w>(
        self,
        header: Option<&GzHeader>,
        out: impl Write + 'w,
    ) -> io::Result<Box<dyn Encode + 'w>> {
        let level = Compression::default();
        let encoder: Box<dyn Encode + 'w> = match self {
            Self::Gzip => {
                let mut builder = GzBuilder::new().mtime(header.map_or(0, GzHeader::mtime));
                if let Some(header) = header {
                    builder = builder.operating_system(header.operating_system());
                    if let Some(name) = header.filename() {
                        builder = builder.filename(name);
                    }
                }
                Box::new(builder.write(out, level))
            }
            Self::Zstd => Box::new(Frames { text: Vec::new(), is_begun: false, out }),
            Self::Xz => Box::new(XzWriter::new(out, XzOptions::with_preset(6))?),
            Self::Bzip2 => Box::new(BzEncoder::new(out, bzip2::Compression::best())),
            Self::Deflate => Box::new(DeflateEncoder::new(out, level)),
        };
        Ok(Box::new(Even { encoder, block: Vec::with_capacity(CHUNK) }))
    }
}

/// Hands on blocks of one length: what an encoder makes of a text would depend on how it comes.
struct Even<'e> {
    encoder: Box<dyn Encode + 'e>,
    block: Vec<u8>,
}

impl Write for Even<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = &bytes[..bytes.len().min(CHUNK - self.block.len())];
        self.block.extend_from_slice(taken);
        if self.block.len() == CHUNK {
            self.hand_on()?;
        }
        Ok(taken.len())
    }

    /// What is not a whole block yet waits all the same.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Even<'_> {
    fn hand_on(&mut self) -> io::Result<()> {
        self.encoder.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }
}

impl Encode for Even<'_> {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.hand_on()?;
        self.encoder.finish()
    }
}

/// Reads as much as is asked for: the decoder of xz takes less for the end.
struct Full<R>(R);

impl<R: Read> Read for Full<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buf.len() {
            match self.0.read(&mut buf[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

impl<R: Read> Decode for XzReader<R> {}
impl<R: BufRead> Decode for MultiBzDecoder<R> {}

impl<W: Write> Encode for GzEncoder<W> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Self::finish(*self).map(drop)
    }
}

impl<W: Write> Encode for DeflateEncoder<W> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Self::finish(*self).map(drop)
    }
}

impl<W: Write> Encode for XzWriter<W> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Self::finish(*self).map(drop)
    }
}

impl<W: Write> Encode for BzEncoder<W> {
    fn finish(self: Box<Self>) -> io::Result<()> {
        Self::finish(*self).map(drop)
    }
}

/// Keeps what stands beside the data.
fn keep(aside: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    if aside.len() + bytes.len() > ASIDE {
        return Err(damaged("more beside the data than data"));
    }
    aside.extend_from_slice(bytes);
    aside.push(b'\n');
    Ok(())
}

/// All members of a gzip file.
struct Gzip<R> {
    /// None at the end.
    member: Option<GzDecoder<R>>,
    first: Option<GzHeader>,
    /// Whether the header of the member was seen.
    is_seen: bool,
    aside: Vec<u8>,
}

impl<R: BufRead> Gzip<R> {
    fn new(source: R) -> Self {
        Self { member: Some(GzDecoder::new(source)), first: None, is_seen: false, aside: Vec::new() }
    }

    fn see(&mut self) -> io::Result<()> {
        let Some(header) = self.member.as_ref().and_then(GzDecoder::header).filter(|_| !self.is_seen) else {
            return Ok(());
        };
        self.is_seen = true;
        for field in [header.filename(), header.comment(), header.extra()].into_iter().flatten() {
            keep(&mut self.aside, field)?;
        }
        self.first.get_or_insert_with(|| header.clone());
        Ok(())
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buf)?;
            self.see()?;
            if read > 0 || buf.is_empty() {
                return Ok(read);
            }
            let source = self.member.take().map(GzDecoder::into_inner);
            let Some(mut source) = source else { break };
            // gzip itself leaves out zeros behind the end, as tapes have them.
            if skip_zeros(&mut source)? {
                self.member = Some(GzDecoder::new(source));
                self.is_seen = false;
            }
        }
        Ok(0)
    }
}

/// Reads past zeros; says whether anything comes behind them.
fn skip_zeros(source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let buffer = source.fill_buf()?;
        let zeros = buffer.iter().take_while(|&&byte| byte == 0).count();
        if zeros == 0 {
            return Ok(!buffer.is_empty());
        }
        source.consume(zeros);
    }
}

impl<R: BufRead> Decode for Gzip<R> {
    fn aside(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.aside)
    }

    fn header(&self) -> Option<&GzHeader> {
        self.first.as_ref()
    }
}

/// One stream of a zip, and nothing behind it.
struct Deflate<R>(DeflateDecoder<R>);

impl<R: BufRead> Read for Deflate<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buf)?;
        if read == 0 && !buf.is_empty() && !self.0.get_mut().fill_buf()?.is_empty() {
            return Err(damaged("deflate"));
        }
        Ok(read)
    }
}

impl<R: BufRead> Decode for Deflate<R> {}

/// All frames of a zstd file.
struct Zstd<R> {
    source: R,
    frame: FrameDecoder,
    is_open: bool,
    aside: Vec<u8>,
}

impl<R: BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        let mut frame = FrameDecoder::new();
        frame.set_max_window_size(WINDOW);
        Self { source, frame, is_open: false, aside: Vec::new() }
    }

    /// Begins the next frame that holds data; says whether there is one.
    fn open(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            let mut mark = [0; 4];
            self.source.read_exact(&mut mark)?;
            if (0x50..=0x5f).contains(&mark[0]) && mark[1..] == *b"\x2a\x4d\x18" {
                let mut len = [0; 4];
                self.source.read_exact(&mut len)?;
                let mut bytes = Vec::new();
                let len = u64::from(u32::from_le_bytes(len));
                (&mut self.source).take(len.min(ASIDE as u64 + 1)).read_to_end(&mut bytes)?;
                keep(&mut self.aside, &bytes)?;
                if (bytes.len() as u64) < len {
                    return Err(damaged("zstd"));
                }
            } else {
                self.frame.reset((&mark[..]).chain(&mut self.source)).map_err(|_| damaged("zstd"))?;
                self.is_open = true;
                return Ok(true);
            }
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_open {
                while self.frame.can_collect() == 0 && !self.frame.is_finished() {
                    let block = self.frame.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1));
                    block.map_err(|_| damaged("zstd"))?;
                }
                let read = self.frame.read(buf)?;
                if read > 0 || buf.is_empty() {
                    return Ok(read);
                }
                let stored = self.frame.get_checksum_from_data();
                if stored.is_some() && stored != self.frame.get_calculated_checksum() {
                    return Err(damaged("zstd"));
                }
                self.is_open = false;
            }
            if !self.open()? {
                return Ok(0);
            }
        }
    }
}

impl<R: BufRead> Decode for Zstd<R> {
    fn aside(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.aside)
    }
}

/// Writes frames of zstd.
struct Frames<W> {
    text: Vec<u8>,
    is_begun: bool,
    out: W,
}

impl<W: Write> Frames<W> {
    fn write_frame(&mut self) -> io::Result<()> {
        // Into memory first: the encoder panics where it cannot write.
        let mut frame = Vec::new();
        compress(self.text.as_slice(), &mut frame, CompressionLevel::Fastest);
        self.text.clear();
        self.is_begun = true;
        self.out.write_all(&frame)
    }
}

impl<W: Write> Write for Frames<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = &bytes[..bytes.len().min(FRAME - self.text.len())];
        self.text.extend_from_slice(taken);
        if self.text.len() == FRAME {
            self.write_frame()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Encode for Frames<W> {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if !self.text.is_empty() || !self.is_begun {
            self.write_frame()?;
        }
        self.out.flush()
    }
}
