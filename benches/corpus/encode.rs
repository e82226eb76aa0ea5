//! How text is wrapped in text: JSON strings, base64, decimal numbers.

pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(crate) const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
pub(crate) const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(crate) const HEX: &[u8] = b"0123456789abcdef";

/// Appends `text` as it stands inside a JSON string.
pub(crate) fn json(text: &[u8], out: &mut Vec<u8>) {
    let mut plain = 0;
    for (at, &byte) in text.iter().enumerate() {
        let letter = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\t' => b't',
            b'\r' => b'r',
            _ => continue,
        };
        out.extend_from_slice(&text[plain..at]);
        out.extend_from_slice(&[b'\\', letter]);
        plain = at + 1;
    }
    out.extend_from_slice(&text[plain..]);
}

/// Appends `bytes` as base64 with padding.
pub(crate) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0, |word, &byte| word << 8 | usize::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = BASE64[word >> (18 - 6 * place) & 63];
            out.push(if place > chunk.len() { b'=' } else { digit });
        }
    }
}

/// Appends `number`, with zeros before it to make `width` digits.
pub(crate) fn decimal(number: u64, width: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    let mut rest = number;
    while rest > 0 || digits.len() - start < width.max(1) {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(written(|out| base64(plain.as_bytes(), out)), encoded);
        }
    }

    #[test]
    fn json_strings_read_back() {
        let text = "a \"b\" \\ \n\t\r end";
        let quoted = format!("\"{}\"", written(|out| json(text.as_bytes(), out)));
        assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
    }

    #[test]
    fn decimals_are_padded() {
        for (number, width, text) in [(0, 0, "0"), (7, 2, "07"), (123, 2, "123"), (u64::MAX, 0, "18446744073709551615")]
        {
            assert_eq!(written(|out| decimal(number, width, out)), text);
        }
    }
}
