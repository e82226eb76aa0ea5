//! Any bytes as a compressed file or an archive: no panic, within the budget, and the same once it is packed anew.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tightlip::fuzzing::unpack(bytes));
