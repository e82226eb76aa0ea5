//! Every rule keeps its examples and counterexamples.

#[test]
fn every_rule_keeps_its_examples() {
    let failures = tightlip::selftest(&tightlip::RuleSet::builtin(), |_| true).expect("the built-in rules compile");
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{} failures:\n{}", told.len(), told.join("\n"));
}
