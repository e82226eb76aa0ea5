//! Any bytes: layers never panic, and lead back into the text they came from.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tightlip::fuzzing::decode(bytes));
