//! Any anchors in any text: the filter sees what aho-corasick sees.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tightlip::fuzzing::prefilter(bytes));
