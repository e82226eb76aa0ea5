//! Checks look at text and say where a secret stands.

mod filters;
mod prefilter;
mod proof;
