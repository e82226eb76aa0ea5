//! A vendor of the tests' own: its rule, and what that finds.

use std::iter::successors;

/// One rule: `acme_` and 32 letters.
pub(crate) const RULES: &str = r#"vendor = "Acme"
[[rule]]
id = "acme-api-key"
title = "Acme API key"
confidence = "high"
anchors = ["acme_"]
pattern = 'acme_[0-9A-Za-z]{32}'
"#;

/// What it finds, another for each number: made here, so that no file of this repository holds it.
pub(crate) fn secret(number: u32) -> String {
    let letters: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    let first = number.wrapping_mul(2_654_435_761).wrapping_add(5);
    let random = successors(Some(first), |last| Some(last.wrapping_mul(747_796_405).wrapping_add(2_891_336_453)));
    random.take(32).fold(String::from("acme_"), |text, number| {
        text + &letters[(number >> 16) as usize % letters.len()].to_string()
    })
}
