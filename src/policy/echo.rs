//! Echoes: pieces of a secret that stand beside it where no rule sees them (`password: X  # was X`), as they are or encoded.

use std::collections::HashSet;
use std::ops::Range;

use data_encoding::{BASE64_NOPAD, HEXLOWER, HEXUPPER};

/// So many bytes of a secret are never shown.
const PIECE: usize = 8;

/// No secret is longer; what is, is a region of text.
const LONGEST: usize = 20 << 10;

/// Longer secrets are blocks, which nobody repeats in another encoding on one line.
const LONGEST_ENCODED: usize = 512;

/// The parts of `context` that repeat pieces of `secrets`; all are ranges of `bytes`. A part may overlap its neighbours.
pub(super) fn find<'a>(
    bytes: &[u8],
    context: Range<usize>,
    secrets: impl Iterator<Item = &'a Range<usize>>,
) -> Vec<Range<usize>> {
    let secrets: Vec<_> = secrets.collect();
    // A region that is too dense to be searched stands in the context, but none of it is shown.
    let region = secrets.iter().find(|secret| secret.len() > LONGEST);
    let hole = region.map_or(context.end..context.end, |region| {
        region.start.clamp(context.start, context.end)..region.end.clamp(context.start, context.end)
    });
    let mut index: Vec<(u64, usize)> = [context.start..hole.start, hole.end..context.end]
        .into_iter()
        .flat_map(|part| numbers(&bytes[part.clone()]).zip(part))
        .collect();
    index.sort_unstable();
    let mut echoes = Vec::new();
    for secret in secrets {
        let value = &bytes[secret.start..secret.end.min(secret.start + LONGEST)];
        let is_elsewhere = |at: &usize| *at + PIECE <= secret.start || secret.end <= *at;
        let mut known = HashSet::new();
        let mut note = |form: &[u8]| {
            for piece in numbers(form).filter(|piece| known.insert(*piece)) {
                let first = index.partition_point(|(known, _)| *known < piece);
                let same = index[first..].iter().take_while(|(known, _)| *known == piece).map(|(_, at)| *at);
                echoes.extend(same.filter(is_elsewhere).map(|at| at..at + PIECE));
            }
        };
        note(value);
        if value.len() <= LONGEST_ENCODED {
            for form in encoded(value) {
                note(form.as_bytes());
            }
        }
        if value.len() < PIECE && !value.is_empty() {
            let whole = memchr::memmem::find_iter(&bytes[context.clone()], value).map(|at| context.start + at);
            echoes.extend(whole.filter(|at| *at != secret.start).map(|at| at..at + value.len()));
        }
    }
    echoes.sort_unstable_by_key(|echo| (echo.start, echo.end));
    echoes
}

/// All pieces of a text, as numbers: quick to sort and to find.
fn numbers(text: &[u8]) -> impl Iterator<Item = u64> + '_ {
    text.windows(PIECE).map(|piece| piece.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// How a value looks in hex, percent-encoding and base64, wherever in a longer text it is encoded.
fn encoded(value: &[u8]) -> Vec<String> {
    let mut forms = vec![HEXLOWER.encode(value), HEXUPPER.encode(value)];
    // Encoders differ in which signs they let pass, and in the case of digits.
    for plain in [&b"-._~"[..], b""] {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || plain.contains(byte);
        if !value.iter().all(is_plain) {
            forms.extend([HEXLOWER, HEXUPPER].map(|hex| {
                let form = |byte: &u8| {
                    if is_plain(byte) { char::from(*byte).to_string() } else { format!("%{}", hex.encode(&[*byte])) }
                };
                value.iter().map(form).collect()
            }));
        }
    }
    for before in 0..3 {
        let text = BASE64_NOPAD.encode(&[&[0; 2][..before], value].concat());
        // The characters at both ends that also encode what stands beside.
        let end = (before + value.len()) * 8 / 6;
        let text = &text[(before * 8).div_ceil(6).min(end)..end];
        if text.contains(['+', '/']) {
            forms.push(text.replace('+', "-").replace('/', "_"));
        }
        forms.push(text.to_owned());
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `context` is no echo of `value`; echoes are `*`.
    fn rest(value: &str, context: &str) -> String {
        let text = format!("{value} {context}");
        let start = value.len() + 1;
        let mut shown = text.clone().into_bytes();
        let secret = 0..value.len();
        for echo in find(text.as_bytes(), 0..text.len(), std::iter::once(&secret)) {
            shown[echo].fill(b'*');
        }
        String::from_utf8(shown).unwrap()[start..].to_owned()
    }

    #[test]
    fn a_secret_is_heard_in_every_form() {
        let value = "kiwi/Ridge?47-tern";
        for (context, shown) in [
            ("was kiwi/Ridge?47-tern", "was ******************"),
            ("was kiwi/Ridge, ?47-tern", "was **********, ********"),
            ("was kiwi/Ri", "was kiwi/Ri"),
            ("kiwi%2FRidge%3F47-tern", "**********************"),
            ("kiwi%2fRidge%3f47%2dtern", "************************"),
            ("a2l3aS9SaWRnZT80Ny10ZXJu", "************************"),
            ("LWtpd2kvUmlkZ2U/NDctdGVybi0", "L*************************0"),
            ("LWtpd2kvUmlkZ2U_NDctdGVybi0", "L*************************0"),
            ("6b6977692f52696467653f", "**********************"),
            ("6B6977692F52696467653F", "**********************"),
        ] {
            let heard = rest(value, context);
            let hidden = |text: &str| text.bytes().filter(|&byte| byte == b'*').count();
            // Base64 shares characters with what stands beside.
            assert!(
                heard == shown || context.starts_with('L') && hidden(&heard) >= context.len() - 4,
                "{context}: {heard}"
            );
        }
        assert_eq!(rest("abc12", "abc12 abc1 abc123"), "***** abc1 *****3");
    }
}
