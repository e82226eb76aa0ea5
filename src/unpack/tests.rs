//! Containers, whole and broken in every place.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;

use super::laws::{Contents, assert_laws, packed_anew};
use super::*;
use crate::property::property;

const CODECS: [Codec; 4] = [Codec::Gzip, Codec::Zstd, Codec::Xz, Codec::Bzip2];

fn compressed(codec: Codec, text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = codec.encoder(None, &mut bytes).expect("an encoder");
    encoder.write_all(text).expect("a vector takes all");
    encoder.finish().expect("a vector takes all");
    bytes
}

/// Lines that do not compress away.
fn lines(count: u32) -> Vec<u8> {
    let hash = |number: u32| number.wrapping_mul(2_654_435_761).rotate_left(number % 31);
    (0..count).flat_map(|number| format!("{number} {:08x}\n", hash(number)).into_bytes()).collect()
}

/// A tar with one member for each text.
fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, text) in members {
        let mut header = [0; HEAD];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{:011o}\0", text.len()).as_bytes());
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum = format!("{:06o}\0 ", checksum(&header));
        header[148..156].copy_from_slice(sum.as_bytes());
        tar.extend_from_slice(&header);
        tar.extend_from_slice(text);
        tar.resize(tar.len().next_multiple_of(HEAD), 0);
    }
    tar.resize(tar.len() + 2 * HEAD, 0);
    tar
}

/// A zip with one member for each text, deflated, or as it is where it is short.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let is_short = text.len() < 8;
        let data = if is_short { text.to_vec() } else { compressed(Codec::Deflate, text) };
        let mut crc = flate2::Crc::new();
        crc.update(text);
        let mut head = vec![20, 0, 0, 0, if is_short { 0 } else { 8 }, 0, 0, 0, 0, 0];
        for number in [crc.sum(), data.len() as u32, text.len() as u32] {
            head.extend(number.to_le_bytes());
        }
        head.extend([name.len() as u8, 0, 0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00".iter().chain(&head).chain(&[0; 10]));
        directory.extend((zip.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        zip.extend(b"PK\x03\x04".iter().chain(&head).chain(name.as_bytes()).chain(&data));
    }
    let (count, at) = (members.len() as u8, zip.len() as u32);
    zip.extend_from_slice(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([count, 0, count, 0]);
    zip.extend((directory.len() as u32).to_le_bytes().into_iter().chain(at.to_le_bytes()).chain([0, 0]));
    zip
}

/// One of each, of two members where there can be any.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let (text, short) = (lines(40), lines(2));
    let members: &[(&str, &[u8])] = &[("a.log", &text), ("deep/b", b"short"), ("c", &short)];
    let mut samples: Vec<_> = CODECS.map(|codec| (codec.name(), compressed(codec, &text))).into();
    samples.push(("tar", tar(members)));
    samples.push(("zip", zip(members)));
    samples
}

fn whole(bytes: &[u8]) -> Contents {
    let contents = Contents::of(bytes).expect("something packed");
    assert_eq!(contents.faults, []);
    contents
}

#[test]
fn what_is_packed_is_read_and_packed_anew() {
    let text = lines(40);
    for (name, bytes) in samples() {
        let count = if ["tar", "zip"].contains(&name) { 3 } else { 1 };
        let contents = whole(&bytes);
        assert_eq!((contents.texts.len(), contents.texts[0].1), (count, text.len() as u64), "{name}");
        assert_laws(&bytes);
        assert!(packed_anew(&bytes).is_some(), "{name}");
    }
}

#[test]
fn what_is_packed_is_the_same_however_it_comes() {
    let text = lines(40_000);
    for codec in CODECS.into_iter().chain([Codec::Deflate]) {
        let whole = compressed(codec, &text);
        for cut in [997, 70_001] {
            let mut bytes = Vec::new();
            let mut encoder = codec.encoder(None, &mut bytes).expect("an encoder");
            for piece in text.chunks(cut) {
                encoder.write_all(piece).and_then(|()| encoder.flush()).expect("a vector takes all");
            }
            encoder.finish().expect("a vector takes all");
            assert!(bytes == whole, "{codec:?} in pieces of {cut}");
        }
    }
}

#[test]
fn streams_one_behind_the_other_are_one_text() {
    for codec in CODECS {
        let two = [compressed(codec, b"one, "), compressed(codec, b""), compressed(codec, b"two")].concat();
        assert_eq!(whole(&two), whole(&compressed(codec, b"one, two")), "{codec:?}");
        for garbage in [&b"garbage"[..], b"\x1f\x8b"] {
            let contents = Contents::of(&[&two, garbage].concat()).unwrap();
            assert_eq!(contents.texts, whole(&two).texts, "{codec:?}");
            assert_eq!(contents.faults, [SkipReason::Damaged { what: codec.name() }], "{codec:?}");
        }
    }
    let padded = [compressed(Codec::Gzip, b"one"), vec![0; 100]].concat();
    assert_eq!(whole(&padded), whole(&compressed(Codec::Gzip, b"one")));
    let skippable = [&b"\x51\x2a\x4d\x18\x04\0\0\0note"[..], &compressed(Codec::Zstd, b"one")].concat();
    assert_eq!(whole(&skippable).texts.len(), 1);
    let tars = [tar(&[("a", b"one")]), tar(&[("b", b"two")])].concat();
    assert_eq!(whole(&tars).texts.len(), 2);
    assert_laws(&tars);
}

#[test]
fn what_is_cut_short_is_never_whole() {
    for (name, bytes) in samples() {
        let all = whole(&bytes);
        for len in 0..bytes.len() {
            let Some(contents) = Contents::of(&bytes[..len]) else { continue };
            let is_whole = contents.faults.is_empty();
            // Of a tar, one of the blocks of zeros at its end may be missing.
            assert!(!is_whole || name == "tar" && contents == all, "{name} of {len} bytes");
            assert!(packed_anew(&bytes[..len]).is_none() || is_whole, "{name} of {len} bytes is packed anew");
        }
    }
    let long = lines(150_000);
    for codec in CODECS {
        let bytes = compressed(codec, &long);
        let contents = Contents::of(&bytes[..bytes.len() * 3 / 4]).unwrap();
        assert!(contents.texts[0].1 > long.len() as u64 / 5, "{codec:?}: what can be read is");
    }
}

#[test]
fn what_is_damaged_is_told_or_changes_nothing() {
    for (name, bytes) in samples() {
        let all = whole(&bytes);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x20;
            let Some(contents) = Contents::of(&damaged) else { continue };
            // A tar has no checksums of its data.
            assert!(!contents.faults.is_empty() || contents.texts == all.texts || name == "tar", "{name} at {at}");
            assert_laws(&damaged);
        }
    }
}

#[test]
fn what_is_packed_in_something_packed_is_read_as_deep_as_asked_for() {
    let inner = compressed(Codec::Zstd, b"text");
    let deep = zip(&[("x.tar", &tar(&[("y.zip", &zip(&[("z.zst", &inner), ("w", b"text")]))]))]);
    let contents = whole(&deep);
    let names: Vec<_> = contents.texts.iter().map(|text| text.0.join(&b'!')).collect();
    assert_eq!(names, [&b"x.tar!y.zip!z.zst"[..], b"x.tar!y.zip!w"]);
    assert_laws(&deep);
    let deeper = compressed(Codec::Gzip, &deep);
    let contents = Contents::of(&deeper).unwrap();
    assert_eq!((contents.texts.len(), contents.faults), (1, vec![SkipReason::TooDeep { most: 4 }]));
    assert!(packed_anew(&deeper).is_none());
}

#[test]
fn zips_that_say_two_things_are_told() {
    let (one, two) = (lines(9), lines(7));
    let good = zip(&[("one", &one), ("two", &two)]);
    let find = |mark: &[u8], nth: usize| memchr::memmem::find_iter(&good, mark).nth(nth).unwrap();
    let (central, second, end) = (find(b"PK\x01\x02", 0), find(b"PK\x01\x02", 1), find(b"PK\x05\x06", 0));
    let damaged = SkipReason::Damaged { what: "zip" };
    let sealed = |what| SkipReason::Sealed { what };
    let encrypted = sealed("encrypted members");
    let method = sealed("members packed by such a method");
    for (edits, expected, texts) in [
        (&[(30, b'0')][..], &damaged, 1),             // its own name
        (&[(8, 9)], &damaged, 1),                     // its own method
        (&[(22, 1)], &damaged, 1),                    // its own size
        (&[(central + 8, 1)], &damaged, 1),           // encrypted, says the directory
        (&[(central + 8, 1), (6, 1)], &encrypted, 1), // encrypted, say both
        (&[(central + 10, 9), (8, 9)], &method, 1),   // a method that nobody knows
        (&[(second + 42, 0)], &damaged, 1),           // where the other stands
        (&[(end + 8, 1)], &damaged, 2),               // how many there are
        (&[(end + 16, 0)], &damaged, 2),              // where the directory stands
        (&[(central, 0)], &damaged, 2),               // no record
    ] {
        let mut bytes = good.clone();
        for &(at, byte) in edits {
            bytes[at] = byte;
        }
        let contents = Contents::of(&bytes).unwrap();
        let faults = std::slice::from_ref(expected);
        assert_eq!((&contents.faults[..], contents.texts.len()), (faults, texts), "{edits:?}");
        assert!(packed_anew(&bytes).is_none(), "{edits:?}");
    }
}

#[test]
fn what_unpacks_to_too_much_is_left() {
    let zeros = compressed(Codec::Zstd, &vec![0; 300 << 20]);
    let contents = Contents::of(&zeros).unwrap();
    assert_eq!(contents.faults, [SkipReason::Bomb]);
    assert!(contents.texts[0].1 < 260 << 20);
}

#[test]
fn what_is_packed_is_told_from_what_is_not() {
    for (bytes, packing) in [
        (&b""[..], None),
        (b"BZhang, a name", None),
        (b"\x1f\x8b\x07", None),
        (b"PK", None),
        (b"PK\x05\x06", Some(Packing::Zip)),
        (b"7z\xbc\xaf\x27\x1c", Some(Packing::Sealed("7z files"))),
        (&[b'a'; HEAD], None),
    ] {
        assert_eq!(Packing::of(bytes), packing, "{}", bytes.escape_ascii());
    }
    for (name, inner) in [("a.jsonl.gz", "a.jsonl"), ("a.TGZ", "a"), (".gz", ".gz"), ("a", "a"), ("log.1.xz", "log.1")]
    {
        assert_eq!(inner_name(name.as_bytes()), inner.as_bytes());
    }
}

#[test]
fn time_and_name_of_a_gzip_file_stay() {
    let mut bytes = Vec::new();
    let mut encoder =
        flate2::GzBuilder::new().mtime(17).filename("a.log").write(&mut bytes, flate2::Compression::fast());
    encoder.write_all(b"text").unwrap();
    encoder.finish().unwrap();
    let copy = packed_anew(&bytes).unwrap();
    let header = flate2::bufread::GzDecoder::new(Cursor::new(copy)).header().unwrap().clone();
    assert_eq!((header.mtime(), header.filename()), (17, Some(&b"a.log"[..])));
}

proptest! {
    #![proptest_config(property(50))]

    #[test]
    fn any_text_survives(text in prop::collection::vec(any::<u8>(), 0..5000), times in 1..40_usize) {
        let text = text.repeat(times);
        for codec in CODECS {
            let bytes = compressed(codec, &text);
            let mut decoded = Vec::new();
            codec.decoder(&bytes[..]).read_to_end(&mut decoded).unwrap();
            prop_assert!(decoded == text, "{codec:?}");
        }
    }
}
