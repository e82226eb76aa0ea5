//! BIP-39 phrases: words of a list, each for eleven bits, the last of which are a checksum.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::Verdict;

/// The English list, in order: a word's place is its number.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("bip39.txt").lines().collect());

const LONGEST_WORD: usize = 8;
const MOST_WORDS: usize = 24;

/// Only a phrase that passes is told of: one that fails may be a seed of another making from the same list, such as Electrum's.
pub(super) fn phrase(text: &[u8]) -> Option<Verdict> {
    let numbers = numbers(text)?;
    let last = numbers.last().filter(|_| matches!(numbers.len(), 12 | 15 | 18 | 21 | 24))?;
    (check(&numbers) == *last & mask(numbers.len())).then(|| Verdict::checksum_if(true))
}

/// The words that complete a phrase to 12 words, or to the next number of words there is; which, the text so far decides.
pub(super) fn sign(text: &str) -> Option<String> {
    let mut numbers = numbers(text.as_bytes())?;
    let given = numbers.len();
    let length = (given + 1).next_multiple_of(3).clamp(12, MOST_WORDS);
    let missing = length.checked_sub(given).filter(|missing| *missing > 0)?;
    let random = Sha256::digest(text);
    let (pairs, _) = random.as_chunks::<2>();
    numbers.extend(pairs.iter().take(missing).map(|pair| u16::from_be_bytes(*pair) & 0x7ff));
    let check = check(&numbers);
    let last = numbers.last_mut()?;
    *last = *last & !mask(length) | check;
    let words: Vec<&str> = numbers[given..].iter().map(|&number| WORDS[usize::from(number)]).collect();
    Some(words.join(" "))
}

/// The numbers of the words, whatever stands between them; `None` where a word is not of the list, or there are too many.
fn numbers(text: &[u8]) -> Option<Vec<u16>> {
    let words = text.split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    words.take(MOST_WORDS + 1).map(number).collect::<Option<Vec<_>>>().filter(|numbers| numbers.len() <= MOST_WORDS)
}

fn number(word: &[u8]) -> Option<u16> {
    let mut folded = [0; LONGEST_WORD];
    let folded = folded.get_mut(..word.len())?;
    folded.copy_from_slice(word);
    folded.make_ascii_lowercase();
    WORDS.binary_search_by(|known| known.as_bytes().cmp(folded)).ok().map(|place| place as u16)
}

/// The bits of the last word that hold the checksum: one for every three words.
fn mask(words: usize) -> u16 {
    (1 << (words / 3)) - 1
}

/// The checksum of all bits before it: the first bits of their SHA-256.
fn check(numbers: &[u16]) -> u16 {
    let mut bytes = [0_u8; MOST_WORDS * 11 / 8];
    for bit in 0..numbers.len() * 11 {
        let set = numbers[bit / 11] >> (10 - bit % 11) & 1;
        bytes[bit / 8] |= (set as u8) << (7 - bit % 8);
    }
    let check_bits = numbers.len() / 3;
    let covered = (numbers.len() * 11 - check_bits) / 8;
    u16::from(Sha256::digest(&bytes[..covered])[0]) >> (8 - check_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_pass() {
        for (phrase, last) in [
            ("abandon ".repeat(11), "about"),
            ("abandon ".repeat(14), "address"),
            ("abandon ".repeat(17), "agent"),
            ("abandon ".repeat(20), "admit"),
            ("abandon ".repeat(23), "art"),
            ("zoo ".repeat(11), "wrong"),
            ("TEST, ".repeat(11), "JUNK"),
        ] {
            let passes = |last: &str| super::phrase(format!("{phrase}{last}").as_bytes()).is_some();
            assert!(passes(last), "{last}");
            assert!(!passes("bone"), "{last}");
            assert!(!passes("nonword"), "{last}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_whole() {
        assert_eq!(WORDS.len(), 2048);
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn phrases_are_completed() {
        for (text, words) in [("", 12), ("abandon ability ", 12), (&"zoo ".repeat(12), 15), (&"zoo ".repeat(23), 24)] {
            let whole = format!("{text}{}", sign(text).unwrap());
            assert_eq!(whole.split(' ').count(), words);
            assert!(phrase(whole.as_bytes()).is_some(), "{words}");
        }
        assert_eq!(sign(&"zoo ".repeat(24)), None);
    }
}
