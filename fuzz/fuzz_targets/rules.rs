//! Any rule file: refused or used, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tightlip::fuzzing::rules(bytes));
