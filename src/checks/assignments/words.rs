//! The anchors of the check: words that the names of secrets are made of.

/// A word, and the letters it may go on with to another word of a secret's name: `pass` to `password`, but not to `passed`.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) literal: &'static str,
    goes_on: &'static str,
}

const fn word(literal: &'static str) -> Word {
    Word { literal, goes_on: "" }
}

/// Every name of a secret holds one of these. What a name means is judged by all of its words, later: these are few and short, because each
/// anchor is looked for in every byte.
pub(super) const WORDS: &[Word] = &[
    Word { literal: "pass", goes_on: "wpc" },
    word("pwd"),
    word("bindpw"),
    word("rootpw"),
    word("motdepasse"),
    word("mot_de_passe"),
    word("psk="),
    word("kennwort"),
    word("senha"),
    word("contrasena"),
    word("wachtwoord"),
    word("secret"),
    word("token"),
    Word { literal: "credential", goes_on: "s" },
    Word { literal: "key", goes_on: "s" },
    word("api key"),
    word("access key"),
    Word { literal: "auth", goes_on: "o" },
    word("extraheader"),
    word("bearer"),
    word("?sig="),
    word("&sig="),
    word("signature="),
    word("sessid"),
    word("sessionid"),
    word("connect.sid"),
    word("_salt"),
];

impl Word {
    /// Whether the word at `at` may be one of a secret's name, by the bytes next to it alone.
    pub(super) fn may_name(&self, text: &[u8], at: usize) -> bool {
        let end = at + self.literal.len();
        let (last, next) = (text[end - 1], text.get(end).copied().unwrap_or(b' '));
        let goes_on = |last: u8| next.is_ascii_alphabetic() && next.is_ascii_lowercase() == last.is_ascii_lowercase();
        if last.is_ascii_alphabetic() && goes_on(last) && !self.goes_on.as_bytes().contains(&next.to_ascii_lowercase())
        {
            return false;
        }
        // A key without an owner is a secret in the query of a URL only, and half of all JSON has them.
        self.literal != "key"
            || at.checked_sub(1).is_some_and(|before| {
                text[before].is_ascii_alphanumeric() || matches!(text[before], b'_' | b'-' | b'.' | b'?' | b'&' | b';')
            })
    }
}

/// Whether the check reads every name that says `keyword`.
pub(super) fn are_in(keyword: &str) -> bool {
    let text = keyword.as_bytes();
    let is_read = |word: &Word| {
        keyword.match_indices(word.literal).any(|(at, _)| word.may_name(text, at))
            && word.literal.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    WORDS.iter().any(is_read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_on_to_names_only() {
        for (text, read) in [
            ("my_pass", true),
            ("passWord", true),
            ("PASSWORD", true),
            ("passed", false),
            ("PASSED", false),
            ("apikey", true),
            ("api_keys", true),
            ("keyboard", false),
            ("key", false),
            ("monkeys", true),
            ("tokenId", true),
            ("tokens", false),
            ("TOKENS", false),
            ("secretly", false),
            ("secretKey", true),
            ("TOKEN_2", true),
            ("tokenizer", false),
            ("acme_sid", false),
        ] {
            let seen = |word: &Word| {
                let lower = text.to_ascii_lowercase();
                lower.match_indices(word.literal).any(|(at, _)| word.may_name(text.as_bytes(), at))
            };
            assert_eq!(WORDS.iter().any(seen), read, "{text}");
        }
    }
}
