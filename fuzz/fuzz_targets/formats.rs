//! Any text in any format: read or refused, and each of its scalars can be replaced without touching the rest.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tightlip::fuzzing::formats(bytes));
