//! The filter against an oracle, `aho-corasick`, with both screens.

use crate::property::property;
use aho_corasick::{AhoCorasick, MatchKind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::scan::{UNIT, UNITS};
use super::{Anchor, AnchorHit, Prefilter};

/// An anchor that owns its bytes.
type Owned = (Vec<u8>, bool);

fn anchors(owned: &[Owned]) -> Vec<Anchor<'_>> {
    owned.iter().map(|(literal, ignore_case)| Anchor { literal, ignore_case: *ignore_case }).collect()
}

/// Every occurrence, by two automata: one for the anchors in their case, one for those in any.
fn oracle(owned: &[Owned], haystack: &[u8]) -> Vec<AnchorHit> {
    let mut hits = Vec::new();
    for any_case in [false, true] {
        let (numbers, literals): (Vec<u32>, Vec<&[u8]>) = (0..)
            .zip(owned)
            .filter(|(_, (_, ignore_case))| *ignore_case == any_case)
            .map(|(number, (literal, _))| (number, literal.as_slice()))
            .unzip();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(any_case)
            .build(literals)
            .unwrap();
        hits.extend(automaton.find_overlapping_iter(haystack).map(|found| AnchorHit {
            at: u32::try_from(found.start()).unwrap(),
            anchor: numbers[found.pattern().as_usize()],
        }));
    }
    let goes_on = |hit: &AnchorHit| {
        let (literal, any_case) = &owned[hit.anchor as usize];
        let before = hit.at.checked_sub(1).map(|at| haystack[at as usize]);
        literal.len() > 8
            && literal.iter().all(|byte| *byte == literal[0])
            && before.is_some_and(|byte| byte == literal[0] || *any_case && byte.eq_ignore_ascii_case(&literal[0]))
    };
    hits.retain(|hit| !goes_on(hit));
    hits.sort_unstable();
    hits
}

/// A filter with the best screen of this processor, one with AVX2 at most, and one with the screen of any.
fn filters(owned: &[Owned]) -> [Prefilter; 3] {
    let [native, mut older, mut portable] = [(); 3].map(|()| Prefilter::new(&anchors(owned)));
    #[cfg(target_arch = "x86_64")]
    {
        older.avx512.take();
        portable.avx512.take();
        portable.avx2.take();
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (&mut older, &mut portable);
    [native, older, portable]
}

/// Searches with each, behind a hit of an earlier haystack that must stay where it is.
fn check(filters: &[Prefilter], haystack: &[u8], expected: &[AnchorHit]) {
    let earlier = AnchorHit { at: u32::MAX, anchor: u32::MAX };
    for (filter, screen) in filters.iter().zip(["native", "older", "portable"]) {
        let mut hits = vec![earlier];
        filter.find(haystack, &mut hits);
        assert!(hits[0] == earlier && hits[1..] == *expected, "{screen}, {} bytes: {:?}", haystack.len(), &hits[1..]);
    }
}

fn check_by_oracle(owned: &[Owned], haystack: &[u8]) {
    check(&filters(owned), haystack, &oracle(owned, haystack));
}

fn owned(literals: &[&str]) -> Vec<Owned> {
    literals.iter().flat_map(|literal| [true, false].map(|any_case| (literal.as_bytes().to_vec(), any_case))).collect()
}

/// Bytes that fold together: letters in both cases, their neighbours in ASCII, and the same with bit 7 set.
const ALIASES: &[u8] = b"aA!\x01\xe1\xc1@`\x00 \x80kK\x0b";

/// Few different bytes, so that anchors overlap, contain each other, come twice, and occur often.
fn dense() -> impl Strategy<Value = u8> {
    prop_oneof![8 => select(&b"abAB"[..]), 1 => select(ALIASES), 1 => any::<u8>()]
}

fn dense_anchors() -> impl Strategy<Value = Vec<Owned>> {
    let literal = prop_oneof![6 => vec(dense(), 3..=6), 3 => vec(dense(), 3..=12), 1 => vec(dense(), 3..=100)];
    vec((literal, any::<bool>()), 0..40)
}

/// Lengths around nothing, a unit, a block and two blocks, and between.
fn length() -> impl Strategy<Value = usize> {
    let block = UNIT * UNITS;
    prop_oneof![0..=300_usize, block - 5..=block + 70, 2 * block - 5..=2 * block + 70]
}

proptest! {
    #![proptest_config(property(1000))]

    #[test]
    fn finds_what_the_oracle_finds(owned in dense_anchors(), haystack in length().prop_flat_map(|len| vec(dense(), len))) {
        check_by_oracle(&owned, &haystack);
    }

    #[test]
    fn finds_what_was_planted(
        owned in dense_anchors(),
        mut haystack in length().prop_flat_map(|len| vec(any::<u8>(), len)),
        plants in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>()), 0..60),
    ) {
        for (anchor, place, upper) in plants {
            if owned.is_empty() || haystack.is_empty() {
                break;
            }
            let mut literal = anchor.get(&owned).0.clone();
            if upper {
                literal.make_ascii_uppercase();
            }
            let at = place.index(haystack.len());
            let end = haystack.len().min(at + literal.len());
            haystack[at..end].copy_from_slice(&literal[..end - at]);
        }
        check_by_oracle(&owned, &haystack);
    }
}

#[test]
fn finds_an_anchor_at_every_offset_of_every_length() {
    let block = UNIT * UNITS;
    let literals =
        ["abc", "wxyz", "token", "seventy", "eight888", "nine99999", "a rather longer anchor, with a rare end: qXzj"];
    for (number, literal) in (0..).zip(literals) {
        let filters = filters(&owned(&literals));
        for len in
            (0..=2 * UNIT + 4).chain(block - 2..=block + 4).chain([block + UNIT + 1, block + UNIT + 2, 2 * block + 3])
        {
            let edges = [0, block, 2 * block, len].map(|edge| edge.saturating_sub(70)..edge + 70);
            for at in edges.into_iter().flatten().filter(|at| at + literal.len() <= len) {
                let mut haystack = vec![b'.'; len];
                haystack[at..at + literal.len()].copy_from_slice(literal.as_bytes());
                let at = u32::try_from(at).unwrap();
                let expected = [2 * number, 2 * number + 1].map(|anchor| AnchorHit { at, anchor });
                check(&filters, &haystack, &expected);
            }
        }
    }
}

#[test]
fn folded_aliases_are_told_apart() {
    for &byte in ALIASES {
        let literals: Vec<Owned> = ALIASES.iter().map(|&last| (vec![b'x', b'-', last], false)).collect();
        check_by_oracle(&literals, &[b'x', b'-', byte, b'.']);
        check_by_oracle(&literals, &[b'x', b'\r', byte, b'X', b'-', byte, b'x', b'-', byte]);
    }
}

#[test]
fn hostile_repeats_are_reported_in_full() {
    let owned = owned(&["eyJ", "token", "token=", "oken=t", "github_token", "aaa", "aaaa", "aaaaaaaaaaaa"]);
    for text in ["eyJ", "token=", "github_token=", "a", "eyJtoken"] {
        check_by_oracle(&owned, text.repeat(100_000 / text.len()).as_bytes());
    }
}

#[test]
fn hits_far_out_of_order_are_sorted() {
    let long = (3..=60).map(|count| ("a".repeat(count) + "qXzJ").into_bytes());
    let owned: Vec<Owned> =
        long.chain((3..=20).map(|count| vec![b'a'; count])).map(|literal| (literal, false)).collect();
    // Not as long as any part of a block, so that some lie across the end of one.
    check_by_oracle(&owned, ("a".repeat(63) + "qXzJ").repeat(100).as_bytes());
}

#[test]
fn anchors_may_be_none_many_alike_and_long() {
    check_by_oracle(&[], &[b'a'; 5000]);
    let alike: Vec<Owned> =
        (0..5000).map(|number| (format!("xq7-{number:04}").into_bytes(), number % 2 == 0)).collect();
    let text: Vec<String> = (0..5000).map(|number| format!("XQ7-{number:04} xq7-{number}\n")).collect();
    check_by_oracle(&alike, text.concat().as_bytes());
    let short: Vec<Owned> = (0..5000_u32).map(|number| (number.to_be_bytes()[1..].to_vec(), false)).collect();
    check_by_oracle(&short, &(0..2000_u32).flat_map(|number| (7 * number).to_be_bytes()).collect::<Vec<_>>());
    let long: Vec<u8> = (0..1_u32 << 16).map(|index| (index.wrapping_mul(0x9E37_79B1) >> 24) as u8).collect();
    let mut other = long.clone();
    other[60_000] ^= 1;
    check_by_oracle(&[(long.clone(), true), (other, false), (long[9..].to_vec(), false)], &long.repeat(2));
}
