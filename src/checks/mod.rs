//! Checks look at text and say where a secret stands.

mod decode;
mod prefilter;
mod proof;
