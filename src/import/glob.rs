//! Path regexes as globs, where a glob can say exactly the same: one that says more would accept what nobody accepted.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind, Look};

/// A regex that spreads into more globs is written by hand.
const MOST: usize = 32;

/// Marks of where a path begins and ends, within a glob in the making.
const START: char = '\u{2}';
const END: char = '\u{3}';

/// Globs that together match the paths in which the regex matches somewhere.
pub(super) fn globs(regex: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::Parser::new().parse(regex).ok()?;
    let parts = spread(&hir)?;
    let globs: Vec<String> = parts.iter().filter_map(|part| finish(part)).collect();
    (!globs.is_empty()).then_some(globs)
}

/// A finished glob; nothing where an anchor stands in the middle, which no path matches.
fn finish(part: &str) -> Option<String> {
    let (start, rest) = part.strip_prefix(START).map_or(("*", part), |rest| ("", rest));
    let (end, rest) = rest.strip_suffix(END).map_or(("*", rest), |rest| ("", rest));
    let rest = rest.trim_matches('*');
    let (start, end) = (if part.starts_with('*') { "*" } else { start }, if part.ends_with('*') { "*" } else { end });
    if rest.contains([START, END]) || rest.is_empty() { None } else { Some(format!("{start}{rest}{end}")) }
}

fn spread(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty => Some(vec![String::new()]),
        HirKind::Literal(literal) => Some(vec![globset::escape(std::str::from_utf8(&literal.0).ok()?)]),
        HirKind::Class(class) => Some(vec![one_of(class)?]),
        HirKind::Look(Look::Start) => Some(vec![START.into()]),
        HirKind::Look(Look::End) => Some(vec![END.into()]),
        HirKind::Look(_) => None,
        HirKind::Capture(capture) => spread(&capture.sub),
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max) {
            (0, Some(1)) => Some([spread(&repetition.sub)?, vec![String::new()]].concat()),
            (0, None) if is_any(&repetition.sub) => Some(vec!["*".into()]),
            (1, None) if is_any(&repetition.sub) => Some(vec!["?*".into()]),
            _ => None,
        },
        HirKind::Concat(parts) => parts.iter().try_fold(vec![String::new()], |heads, part| {
            let tails = spread(part)?;
            let joined = heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}")));
            (heads.len() * tails.len() <= MOST).then(|| joined.collect())
        }),
        HirKind::Alternation(branches) => {
            let all: Vec<String> = branches.iter().map(spread).collect::<Option<Vec<_>>>()?.concat();
            (all.len() <= MOST).then_some(all)
        }
    }
}

/// Whether this is `.`; that it matches no line end makes no difference to paths.
fn is_any(hir: &Hir) -> bool {
    let HirKind::Class(Class::Unicode(class)) = hir.kind() else { return false };
    let mut others = class.clone();
    others.push(ClassUnicodeRange::new('\n', '\n'));
    others.negate();
    others.ranges().is_empty()
}

/// A class as a glob writes it.
fn one_of(class: &Class) -> Option<String> {
    if is_any(&Hir::class(class.clone())) {
        return Some("?".into());
    }
    let Class::Unicode(class) = class else { return None };
    let ranges = class.ranges();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_. /".contains(c);
    if !ranges.iter().all(|range| is_plain(range.start()) && is_plain(range.end())) {
        return None;
    }
    // Of a range of one, both ends are the same.
    let parts = ranges.iter().map(|range| format!("{}-{}", range.start(), range.end()));
    Some(format!("[{}]", parts.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_what_the_regex_matches() {
        let paths = [
            "a.lock",
            "x/a.lock",
            "a.lock.txt",
            "aXlock",
            "vendor/x",
            "x/vendor/y",
            "vendor",
            "x/vendored/y",
            "v1/x.PNG",
            "v2/x.png",
            "v12/x.jpg",
        ];
        for regex in [
            r"a\.lock",
            r"a\.lock$",
            r"^a\.lock$",
            r"(^|/)vendor/",
            r"(?:^|/)vendor/.*",
            r"a.lock",
            r"(?i)\.(png|jpe?g)$",
            r"^v[0-9]/",
            r".*\.lock$",
            r"^.+/vendor",
        ] {
            let globs = globs(regex).unwrap();
            let globs: Vec<_> = globs.iter().map(|glob| globset::Glob::new(glob).unwrap().compile_matcher()).collect();
            let regex = regex::Regex::new(regex).unwrap();
            for path in paths {
                assert_eq!(globs.iter().any(|glob| glob.is_match(path)), regex.is_match(path), "{regex} {path}");
            }
        }
    }

    #[test]
    fn what_no_glob_says_is_left_alone() {
        for regex in [r"[^/]*\.txt$", r"a+\.txt", r"x\b", r"a{3,5}", "(", "", ".*", r"[!-/]x"] {
            assert_eq!(globs(regex), None, "{regex}");
        }
    }
}
