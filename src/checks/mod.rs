//! Checks look at text and say where a secret stands.

mod prefilter;
mod proof;
