//! How the properties of this crate are tried.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// `TIGHTLIP_CASES=N` tries N new cases each time it runs, to find what is wrong. Without it the `ordinary` number is tried and
/// always the same ones: a check that lets a change in must not fail for another reason.
pub(crate) fn property(ordinary: u32) -> ProptestConfig {
    match std::env::var("TIGHTLIP_CASES").ok().and_then(|cases| cases.parse().ok()) {
        Some(cases) => ProptestConfig { cases, max_global_rejects: cases, ..ProptestConfig::default() },
        None => ProptestConfig { cases: ordinary, rng_seed: RngSeed::Fixed(0), ..ProptestConfig::default() },
    }
}
