//! Whether a rule can find what it says: told when its file is read.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::compile::{Program, compile, parse};
use super::schema::Rule;

/// An anchor is compared as far as this.
const LONGEST_ANCHOR: usize = 127;

/// What is wrong with the pattern of a rule, and with what is said of it.
pub(super) fn check(rule: &Rule) -> Result<(), String> {
    if !(0.0..=8.0).contains(&rule.entropy) {
        return Err("entropy is a number of bits per byte, from 0 to 8".into());
    }
    let pattern = if rule.pattern.is_empty() { &rule.value } else { &rule.pattern };
    let program = compile(pattern, rule.ignore_case && !rule.pattern.is_empty())?;
    let hir = parse(pattern, rule.ignore_case)?;
    if let Some(name) = unknown_group(&hir) {
        return Err(format!("a group is called `{name}`; the only name is `secret`"));
    }
    if let Some(anchor) = rule.anchors.iter().find(|anchor| !may_contain(&hir, anchor.as_bytes())) {
        return Err(format!("no match of the pattern can contain the anchor `{anchor}`"));
    }
    let Program::Shape(sequences) = program else { return Ok(()) };
    let is_led_to =
        |sequence: &super::Sequence| rule.anchors.iter().any(|anchor| sequence.find(anchor.as_bytes()).is_some());
    if rule.value.is_empty() && !sequences.iter().all(is_led_to) {
        return Err("some matches of the pattern contain no anchor: name one for each of its branches".into());
    }
    Ok(())
}

fn unknown_group(hir: &Hir) -> Option<&str> {
    match hir.kind() {
        HirKind::Capture(capture) => {
            let name = capture.name.as_deref().filter(|name| *name != "secret");
            name.or_else(|| unknown_group(&capture.sub))
        }
        HirKind::Repetition(repetition) => unknown_group(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(unknown_group),
        _ => None,
    }
}

/// Whether a match can contain `anchor`.
fn may_contain(hir: &Hir, anchor: &[u8]) -> bool {
    let anchor = &anchor[..anchor.len().min(LONGEST_ANCHOR)];
    walk(hir, anchor, 1) >> anchor.len() & 1 == 1
}

/// How far a match may be within `anchor` behind `hir`, given how far it may be before. Bit 0: the anchor has not begun; bit n: n bytes
/// of it were read; the last: all of it was, here or earlier.
fn walk(hir: &Hir, anchor: &[u8], before: u128) -> u128 {
    match hir.kind() {
        // Patterns are of bytes: there is no other class.
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Unicode(_)) => before,
        HirKind::Literal(literal) => literal.0.iter().fold(before, |at, byte| step(anchor, at, |next| next == *byte)),
        HirKind::Class(Class::Bytes(class)) => step(anchor, before, |next| {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&next))
        }),
        HirKind::Repetition(repetition) => {
            let fewest = (0..repetition.min).fold(before, |at, _| walk(&repetition.sub, anchor, at));
            let (mut any, mut last) = (fewest, fewest);
            for _ in repetition.min..repetition.max.unwrap_or(repetition.min) {
                last = walk(&repetition.sub, anchor, last);
                if any | last == any {
                    break;
                }
                any |= last;
            }
            any
        }
        HirKind::Capture(capture) => walk(&capture.sub, anchor, before),
        HirKind::Concat(parts) => parts.iter().fold(before, |at, part| walk(part, anchor, at)),
        HirKind::Alternation(branches) => branches.iter().fold(0, |any, branch| any | walk(branch, anchor, before)),
    }
}

fn step(anchor: &[u8], before: u128, reads: impl Fn(u8) -> bool) -> u128 {
    let stays = before & (1 | 1 << anchor.len());
    let goes = (0..anchor.len()).filter(|&at| before >> at & 1 == 1 && reads(anchor[at]));
    goes.fold(stays, |after, at| after | 1 << (at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::RuleSet;

    #[test]
    fn rules_that_find_nothing_are_refused_with_their_place() {
        let shape = "anchors = ['abc_']\npattern = 'abc_[0-9]{9}'";
        for (id, fields, told) in [
            ("github-pat-classic", shape, "this id is taken"),
            ("a", "anchors = ['abc']\npattern = '(?:abc)?'", "nothing at all"),
            ("a", "keywords = ['abc_']\nvalue = '[0-9]{0,9}'", "nothing at all"),
            ("a", "anchors = ['abd_']\npattern = 'abc_[0-9]{9}'", "can contain the anchor `abd_`"),
            ("a", "anchors = ['abd_']\npattern = 'abc_[0-9a-z]{1,9}x'", "can contain the anchor `abd_`"),
            ("a", "anchors = ['abc_']\npattern = '(?:abc_|xyz_)[0-9]{9}'", "contain no anchor"),
            ("a", "anchors = ['abc_']\npattern = 'abc_[0-9]+'", "unbounded"),
            ("a", "anchors = ['abc_']\npattern = 'abc_['", "no valid regex"),
            ("a", "anchors = ['abc_']\npattern = 'abc_(?<token>[0-9]{9})'", "called `token`"),
            ("a", &format!("{shape}\nentropy = nan"), "entropy"),
            ("a", &format!("{shape}\npartners = ['nobody']"), "called `nobody`"),
        ] {
            let text = format!("vendor = 'x'\n\n[[rule]]\nid = '{id}'\ntitle = 't'\n{fields}");
            let error = RuleSet::builtin().add("my.toml", &text).expect_err(fields).to_string();
            assert!(error.starts_with(&format!("my.toml:3: rule `{id}`: ")) && error.contains(told), "{error}");
        }
    }

    #[test]
    fn anchors_are_sought_in_every_match() {
        for (pattern, anchor, may) in [
            ("ab_[0-9]{2,9}x", "ab_", true),
            ("ab_[0-9]{2,9}x", "abc", false),
            ("[a-z]{1,4}_[0-9]{2}", "key_", true),
            ("[a-z]{1,4}_[0-9]{2}", "akey_", true),
            ("[a-z]{1,4}_[0-9]{2}", "ababkey_", false),
            ("(?:ab){2,3}", "babab", true),
            ("(?:ab|cd)x?y", "bxy", true),
            ("(?:ab|cd)x?y", "bcd", false),
            ("a(?<secret>[0-9]{3})b", "1b", true),
        ] {
            let hir = parse(pattern, false).expect(pattern);
            assert_eq!(may_contain(&hir, anchor.as_bytes()), may, "{pattern} {anchor}");
        }
        assert!(may_contain(&parse("AB[0-9]", true).expect("a pattern"), b"ab"));
    }
}
