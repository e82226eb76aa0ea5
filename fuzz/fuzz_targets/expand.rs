//! Any template: expanded or refused, never a panic, and the same for the same seed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tightlip::fuzzing::expand_template(bytes));
