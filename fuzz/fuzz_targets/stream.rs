//! Any bytes: no panic, findings inside the input, and the same however they are read.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tightlip::fuzzing::stream(bytes));
