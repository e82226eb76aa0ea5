//! The law that a text gives the same findings however it is read: whole, as a stream, by blocks, cut into windows, without prefilter.

use std::fmt::Debug;
use std::io::{self, Read};

use super::worker::Worker;
use super::{FileReport, Scanner, Watch};
use crate::checks::{MARGIN, Scratch, Window};
use crate::model::{Finding, Origin, Place, Span, Summary};
use crate::policy::{Ledger, Scope};

/// Hands out a few bytes at a time, as a slow pipe does.
struct Dribble<'a> {
    rest: &'a [u8],
    seed: u64,
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        if self.seed >> 61 == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        // Mostly small pieces, sometimes a great one.
        let most = if self.seed >> 60 == 15 { 1 << 20 } else { 1 << 12 };
        let size = self.rest.len().min(buffer.len()).min(1 + (self.seed >> 32) as usize % most);
        let (piece, rest) = self.rest.split_at(size);
        buffer[..size].copy_from_slice(piece);
        self.rest = rest;
        Ok(size)
    }
}

/// Tells the first difference only: documents are long.
fn assert_agree<T: PartialEq + Debug>(other: &[T], whole: &[T], reading: &str) {
    let differs = (0..whole.len().max(other.len())).find(|&at| other.get(at) != whole.get(at));
    if let Some(at) = differs {
        panic!("{reading} sees {:#?}\nwhere the whole has {:#?}", other.get(at), whole.get(at));
    }
}

/// What two readings of one text must agree in.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    rule: String,
    span: Span,
    start: Place,
    end: Place,
    fingerprint: String,
    /// Excerpt, status, proof and the rest.
    all: String,
}

impl Seen {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule().id.to_string(),
            span: finding.span(),
            start: finding.start(),
            end: finding.end(),
            fingerprint: finding.fingerprint().to_string(),
            all: format!("{finding:?}"),
        }
    }
}

impl Scanner {
    /// Reads the text in every way there is, and holds each to the first.
    pub(crate) fn assert_same(&self, bytes: &[u8]) {
        let whole: Vec<Seen> = self.scan_bytes(bytes, &Origin::stdin()).iter().map(Seen::of).collect();
        for seen in &whole {
            let Span { start, end } = seen.span;
            assert!(start <= end && end <= bytes.len() as u64, "{seen:?} lies outside of the text");
        }
        let watch = Watch::default();
        let seed = bytes.iter().fold(bytes.len() as u64, |seed, &byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        let stream = || Dribble { rest: bytes, seed };
        let streamed = Worker::with(|worker| worker.stream(self, stream(), Origin::stdin(), &watch));
        assert_agree(&self.seen(streamed), &whole, "a stream");
        let pool = self.pool().expect("threads start");
        let streamed = self.read_blocks(stream(), Origin::stdin(), &watch, &pool);
        assert_agree(&self.seen(streamed), &whole, "a stream that all threads search");
        // Blocks begin at multiples of 64, as the real ones do: the sweep for wrapped text steps by that.
        let block = 64 * (8 + seed as usize % 256);
        assert_agree(&self.seen(self.cut(bytes, block, &watch)), &whole, &format!("windows of {block} bytes"));
        self.assert_naive(bytes);
    }

    fn seen(&self, report: FileReport) -> Vec<Seen> {
        let mut all = Vec::new();
        let emitted = report.emit(
            &mut Ledger::new(&self.policy, Scope::default()),
            &mut Summary::default(),
            &mut |finding: &Finding| {
                all.push(Seen::of(finding));
                Ok(())
            },
        );
        assert!(emitted.is_ok(), "the sink never fails");
        all
    }

    /// Searches blocks of any size, each with full margins.
    fn cut(&self, bytes: &[u8], block: usize, watch: &Watch) -> FileReport {
        let mut report = FileReport::new(Origin::stdin(), self.max_findings);
        Worker::with(|worker| {
            for own in (0..bytes.len()).step_by(block) {
                let own_end = bytes.len().min(own + block);
                let base = own.saturating_sub(MARGIN);
                let seen = &bytes[base..bytes.len().min(own_end + MARGIN)];
                let window = Window { bytes: seen, base: base as u64, own_start: own - base, own_end: own_end - base };
                report.push(worker.search.block(self, &window, watch));
            }
        });
        report
    }

    fn assert_naive(&self, bytes: &[u8]) {
        let naive = self.checks.search_naively(bytes);
        let searched = self.checks.search(bytes, &mut Scratch::default());
        assert_agree(&searched.hits, &naive.hits, "the prefilter");
        assert_agree(&searched.masked, &naive.masked, "the prefilter");
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test sets its own scene")]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::OnceLock;

    use proptest::prelude::*;

    use super::*;
    use crate::checks::BLOCK;
    use crate::fence::{Fence, open};
    use crate::model::Confidence;
    use crate::planted::{Piece, document, known};
    use crate::property::property;

    fn scanner() -> &'static Scanner {
        static SCANNER: OnceLock<Scanner> = OnceLock::new();
        let builder = || Scanner::builder().min_confidence(Confidence::Low).known(known()).threads(2);
        SCANNER.get_or_init(|| builder().build().unwrap())
    }

    /// A file read by blocks, as big ones are.
    fn by_blocks(path: &Path, mmap: bool) -> Vec<Seen> {
        let scanner =
            Scanner { mmap, ..Scanner::builder().min_confidence(Confidence::Low).known(known()).build().unwrap() };
        let file = open(Fence::default().admit(path, false).unwrap()).unwrap();
        let report = scanner.read_big(&file, Origin::stdin(), &Watch::default());
        scanner.seen(report)
    }

    /// Lines and columns, counted from the start of the file for each place alone.
    fn assert_places(bytes: &[u8]) {
        for finding in scanner().scan_bytes(bytes, &Origin::stdin()) {
            if finding.encoding().first() == Some(&crate::model::Encoding::Utf16) {
                continue;
            }
            for (at, place) in [(finding.span().start, finding.start()), (finding.span().end, finding.end())] {
                let before = &bytes[..at as usize];
                let line = before.split(|&byte| byte == b'\n').next_back().unwrap();
                let points = line.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
                let lines = memchr::memchr_iter(b'\n', before).count();
                assert_eq!((place.line, place.column), (lines as u64 + 1, points as u64 + 1), "{finding:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(property(200))]

        #[test]
        fn a_text_gives_the_same_however_it_is_read(pieces in prop::collection::vec(any::<Piece>(), 1..40)) {
            let text = document(&pieces);
            scanner().assert_same(&text);
            assert_places(&text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: property(200).cases / 20, max_shrink_iters: 50, ..property(200) })]

        #[test]
        fn edges_of_blocks_change_nothing(
            edges in prop::collection::vec((prop::collection::vec(any::<Piece>(), 1..6), 0..100_usize), 2..3),
        ) {
            let mut text = Vec::new();
            for (index, (pieces, ahead)) in edges.iter().enumerate() {
                // Some of the pieces lie on the edge of a block.
                let piece = document(pieces);
                let begin = (index + 1) * BLOCK - piece.len() * ahead / 100;
                text.resize(begin.max(text.len()), b'\n');
                text.extend(piece);
            }
            scanner().assert_same(&text);
            let whole: Vec<Seen> = scanner().scan_bytes(&text, &Origin::stdin()).iter().map(Seen::of).collect();
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("text");
            fs::write(&path, &text).unwrap();
            for mmap in [false, true] {
                assert_agree(&by_blocks(&path, mmap), &whole, "a file by blocks");
            }
        }
    }

    #[test]
    fn a_stream_hands_out_all_of_its_bytes() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| n as u8).collect();
        let mut read = Vec::new();
        Dribble { rest: &bytes, seed: 7 }.read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes);
    }
}
