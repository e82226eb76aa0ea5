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
    word("heslo"),
    word("salasana"),
    word("mot de passe"),
    word("contraseña"),
    word("пароль"),
    word("Пароль"),
    word("密码"),
    word("密碼"),
    word("パスワード"),
    word("비밀번호"),
    word("hasło"),
    word("lösenord"),
    word("şifre"),
    word("pw: "),
    word("_pw="),
    word("pw = "),
    word("\"pw\":"),
    word("pepper"),
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
    // In the names of vendors' keys alone: `ACME_PRIVATE = …`.
    word("private"),
    word("access"),
];

/// Words that every other sentence has: behind a blank they name a secret only where a generated value follows, and the last two always.
const COMMON: &[&str] = &["key", "private", "access"];

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
        if !COMMON.contains(&self.literal) {
            return true;
        }
        // `Private key: …`, but not the head of a block.
        if self.literal == "private" && text.get(end..end + 4).is_some_and(|next| next.eq_ignore_ascii_case(b" key")) {
            return text.get(end + 4) != Some(&b'-');
        }
        // A key without an owner is a secret in the query of a URL only, and half of all JSON has them.
        match text[..at] {
            [.., before]
                if before.is_ascii_alphanumeric() || matches!(before, b'_' | b'-' | b'.' | b'?' | b'&' | b';') =>
            {
                self.literal == "key" || leads_to_value(text, end)
            }
            [.., owner, b' '] if owner.is_ascii_alphanumeric() => leads_to_value(text, end),
            _ => false,
        }
    }
}

/// Whether what follows may be a generated value: a sign or a few, then letters among which are digits, or more capitals than words have.
fn leads_to_value(text: &[u8], end: usize) -> bool {
    const SIGNS: usize = 4;
    const LEAST: usize = 16;
    const CAPITALS: usize = 4;
    let rest = &text[end..text.len().min(end + SIGNS + LEAST)];
    let signs = rest.iter().take_while(|byte| b" \t:='\"`-".contains(byte)).count();
    (1..=SIGNS).contains(&signs)
        && rest[signs..].get(..LEAST).is_some_and(|value| {
            value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
                && (value.iter().any(u8::is_ascii_digit)
                    || (CAPITALS..LEAST - CAPITALS)
                        .contains(&value.iter().filter(|byte| byte.is_ascii_uppercase()).count()))
        })
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
            ("acme key: %", true),
            ("acme key %<", false),
            ("acme key is kept in a safe", false),
            ("  key: %", false),
            ("ACME_PRIVATE=%", true),
            ("acme access %", true),
            ("private static %", false),
            ("last_access = now", false),
            ("Private key (hex): %", true),
            ("BEGIN RSA PRIVATE KEY-----", false),
        ] {
            // A value, and one that is a letter too short.
            let text = text.replace("%<", "7f0c2b91d8e64a3").replace('%', "7f0c2b91d8e64a35");
            let seen = |word: &Word| {
                let lower = text.to_ascii_lowercase();
                lower.match_indices(word.literal).any(|(at, _)| word.may_name(text.as_bytes(), at))
            };
            assert_eq!(WORDS.iter().any(seen), read, "{text}");
        }
    }
}
