//! Regexes of other scanners as patterns of tightlip's: bounded, with anchors, the secret's group named.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

/// What has no end in a regex ends after so many bytes more than it must have.
const END: u32 = 200;

/// A literal of this length is worth stopping at.
const SHORTEST: usize = 3;

/// A pattern, ready for a rule file.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    /// Literals one of which every match contains.
    pub(super) anchors: Vec<String>,
    pub(super) ignore_case: bool,
    /// Whether a repetition without an end was given one.
    pub(super) is_cut: bool,
}

/// Makes a pattern of a regex; `group` is the number of the group that is the secret, 0 for the first one if there is any.
pub(super) fn pattern(regex: &str, group: u32) -> Result<Pattern, String> {
    let (ignore_case, regex) = match regex.strip_prefix("(?i)") {
        Some(rest) => (true, rest),
        None => (false, regex),
    };
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(regex);
    let hir = hir.map_err(|_| "the regex is not one of tightlip's syntax (bytes, no look-around)".to_owned())?;
    if group as usize > hir.properties().explicit_captures_len() {
        return Err(format!("the regex has no group {group}"));
    }
    let mut is_cut = false;
    let bounded = bounded(&hir, group.max(1), &mut is_cut);
    let anchors = required(&hir).ok_or("no literal of 3 bytes stands in every match: write the rule by hand")?;
    let anchors: Option<Vec<String>> = anchors.into_iter().map(|anchor| String::from_utf8(anchor).ok()).collect();
    let mut anchors = anchors.ok_or("its literals are no text")?;
    if ignore_case {
        anchors = anchors.iter().map(|anchor| anchor.to_ascii_lowercase()).collect();
    }
    anchors.sort();
    anchors.dedup();
    let text = if bounded == hir { regex.to_owned() } else { bounded.to_string() };
    Ok(Pattern { text, anchors, ignore_case, is_cut })
}

/// The same regex with an end to every repetition, and one group named.
fn bounded(hir: &Hir, group: u32, is_cut: &mut bool) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            *is_cut |= repetition.max.is_none();
            let max = repetition.max.or(Some(repetition.min + END));
            let sub = Box::new(bounded(&repetition.sub, group, is_cut));
            Hir::repetition(Repetition { max, sub, ..repetition.clone() })
        }
        HirKind::Capture(capture) => {
            let name = (capture.index == group).then(|| "secret".into());
            Hir::capture(Capture { index: capture.index, name, sub: Box::new(bounded(&capture.sub, group, is_cut)) })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| bounded(part, group, is_cut)).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| bounded(part, group, is_cut)).collect())
        }
        _ => hir.clone(),
    }
}

/// Literals of which every match contains one: the longest there are.
fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let shortest = |set: &Vec<Vec<u8>>| set.iter().map(Vec::len).min().unwrap_or(0);
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() >= SHORTEST => Some(vec![literal.0.to_vec()]),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(required).max_by_key(shortest),
        HirKind::Alternation(parts) => Some(parts.iter().map(required).collect::<Option<Vec<_>>>()?.concat()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_what_the_regex_found() {
        for (regex, group, expected) in [
            ("acme_[a-z]{8}", 0, ("acme_[a-z]{8}", "acme_", false, false)),
            ("(?i)ACME_([0-9a-f]{8,})", 0, ("ACME_(?P<secret>[0-9a-f]{8,208})", "acme_", true, true)),
            ("(acme|tuna)=([0-9]{4})", 2, ("(acme|tuna)=(?P<secret>[0-9]{4})", "acme tuna", false, false)),
        ] {
            match pattern(regex, group) {
                Ok(got) => {
                    assert_eq!(
                        (got.anchors.join(" ").as_str(), got.ignore_case, got.is_cut),
                        (expected.1, expected.2, expected.3)
                    );
                    let parse =
                        |regex: &str| ParserBuilder::new().unicode(false).utf8(false).build().parse(regex).unwrap();
                    assert_eq!(parse(&got.text), parse(expected.0), "{}", got.text);
                }
                Err(fault) => panic!("{regex}: {fault}"),
            }
        }
        for (regex, group, fault) in [
            ("a(?=b)", 0, "the regex is not one"),
            ("[a-z]{20}", 0, "no literal of 3 bytes"),
            ("(ab|acme|tuna)x=([0-9]+)", 2, "no literal of 3 bytes"),
            ("acme(x)", 2, "the regex has no group 2"),
        ] {
            assert!(pattern(regex, group).unwrap_err().starts_with(fault), "{regex}");
        }
    }
}
