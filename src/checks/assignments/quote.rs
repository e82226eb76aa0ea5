//! Quotes: `"`, `'` or a backtick behind any number of backslashes, or `&quot;`, alike or nested in one another.

/// A quote mark as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    mark: u8,
    /// Backslashes before the mark.
    depth: usize,
    len: usize,
}

/// Nothing is escaped deeper.
const DEEPEST: usize = 15;

impl Quote {
    /// The quote that stands at `at`.
    pub(super) fn at(text: &[u8], at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        match rest {
            [mark @ (b'"' | b'\'' | b'`'), ..] => Some(Self { mark: *mark, depth: 0, len: 1 }),
            [b'\\', ..] => {
                let depth = rest.iter().take(DEEPEST).take_while(|&&byte| byte == b'\\').count();
                let mark = rest.get(depth).copied().filter(|mark| b"\"'`".contains(mark))?;
                Some(Self { mark, depth, len: depth + 1 })
            }
            [b'&', ..] => ENTITIES.iter().find(|entity| rest.starts_with(entity)).map(|entity| Self { mark: b'&', depth: 0, len: entity.len() }),
            _ => None,
        }
    }

    /// How many bytes it takes.
    pub(super) fn len(self) -> usize {
        self.len
    }

    /// Where the text quoted from `start` on ends, at `limit` the latest: before the same mark, escaped no deeper, on the same line.
    pub(super) fn close(self, text: &[u8], start: usize, limit: usize) -> Option<usize> {
        let mut at = start;
        loop {
            at += memchr::memchr2(self.mark, b'\n', text.get(at..limit)?)?;
            if text[at] == b'\n' {
                return None;
            }
            let depth = text[start..at].iter().rev().take(DEEPEST).take_while(|&&byte| byte == b'\\').count();
            let closes = if self.mark == b'&' { Self::at(text, at).is_some() } else { depth <= self.depth };
            if closes {
                return Some(at - depth);
            }
            at += 1;
        }
    }
}

const ENTITIES: &[&[u8]] = &[b"&quot;", b"&#34;", b"&#39;", b"&apos;", b"&#x22;", b"&#x27;"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_ends_with_its_like() {
        for (text, inside) in [
            (r#""ab" c"#, Some("ab")), (r"'a\'b' c", Some(r"a\'b")), (r#"\"ab\" c"#, Some("ab")), (r#"\\\"ab\\\" \""#, Some("ab")), (r#"\"ab" c"#, Some("ab")),
            (r#"\"a\\\"b\" c"#, Some(r#"a\\\"b"#)), ("&quot;a&b&quot; c", Some("a&b")), ("`ab`", Some("ab")), ("\"ab\n\"", None), ("\"ab", None), ("ab", None), (r#""""#, Some("")),
        ] {
            let open = Quote::at(text.as_bytes(), 0);
            let range = open.and_then(|open| Some(open.len()..open.close(text.as_bytes(), open.len(), text.len())?));
            assert_eq!(range.map(|range| &text[range]), inside, "{text}");
        }
    }
}
