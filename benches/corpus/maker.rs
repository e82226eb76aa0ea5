//! The leaves of the grammars: words, numbers, identifiers, digests and times, each drawn anew.

use crate::encode::{self, BASE32, BASE62, BASE64, BASE64URL, HEX};
use crate::planted::{self, Secret};
use crate::random::Rng;

/// Writes one leaf; the two numbers are what stood after the colon in `«name:low..high»`.
pub(crate) type Field = fn(&mut Maker<'_>, usize, usize, &mut Vec<u8>);

/// What a grammar may name besides its own rules.
pub(crate) const FIELDS: &[(&str, Field)] = &[
    ("word", |maker, _, _, out| out.extend_from_slice(maker.name())),
    ("Word", |maker, _, _, out| maker.capitalized(out)),
    ("words", |maker, low, high, out| maker.prose(low, high, out)),
    ("snake", |maker, _, _, out| maker.joined(b"_", out)),
    ("kebab", |maker, _, _, out| maker.joined(b"-", out)),
    ("UPPER", |maker, _, _, out| maker.constant(out)),
    ("camel", |maker, _, _, out| {
        out.extend_from_slice(maker.name());
        maker.capitalized(out);
    }),
    ("Pascal", |maker, _, _, out| {
        maker.capitalized(out);
        maker.capitalized(out);
    }),
    ("int", |maker, low, high, out| encode::decimal(maker.rng.between(low, high) as u64, 0, out)),
    ("pad", |maker, width, _, out| encode::decimal(maker.rng.below(10_usize.pow(width as u32)) as u64, width, out)),
    ("size", |maker, _, digits, out| maker.size(digits, out)),
    ("hex", |maker, low, high, out| maker.string(HEX, low, high, out)),
    ("base32", |maker, low, high, out| maker.string(BASE32, low, high, out)),
    ("base62", |maker, low, high, out| maker.string(BASE62, low, high, out)),
    ("base64", |maker, low, high, out| maker.string(BASE64, low, high, out)),
    ("base64url", |maker, low, high, out| maker.string(BASE64URL, low, high, out)),
    ("uuid", |maker, _, _, out| maker.uuid(out)),
    ("iso", |maker, _, _, out| maker.time(b"%Y-%m-%dT%H:%M:%S.%uZ", out)),
    ("iso-ms", |maker, _, _, out| maker.time(b"%Y-%m-%dT%H:%M:%S.%kZ", out)),
    ("date-ms", |maker, _, _, out| maker.time(b"%Y-%m-%d %H:%M:%S.%k", out)),
    ("date-comma", |maker, _, _, out| maker.time(b"%Y-%m-%d %H:%M:%S,%k", out)),
    ("date", |maker, _, _, out| maker.time(b"%Y-%m-%d", out)),
    ("day-path", |maker, _, _, out| maker.time(b"%Y/%m/%d", out)),
    ("month-time", |maker, _, _, out| maker.time(b"%m-%d %H:%M:%S", out)),
    ("clock", |maker, _, _, out| maker.time(b"%H:%M:%S", out)),
    ("clf", |maker, _, _, out| maker.time(b"%d/%b/%Y:%H:%M:%S +0000", out)),
    ("syslog", |maker, _, _, out| maker.time(b"%b %d %H:%M:%S", out)),
    ("epoch", |maker, _, _, out| encode::decimal(maker.now / 1_000_000, 0, out)),
    ("epoch-ms", |maker, _, _, out| encode::decimal(maker.now / 1_000, 0, out)),
    ("epoch-ns", |maker, _, _, out| encode::decimal(maker.now * 1_000, 0, out)),
    ("nl", |_, _, _, out| out.push(b'\n')),
    ("secret", |maker, _, _, out| maker.plant(planted::shaped, out)),
    ("generic-secret", |maker, _, _, out| maker.plant(planted::generic, out)),
    ("aws-secret", |maker, _, _, out| maker.plant(planted::aws, out)),
];

const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// Words by falling frequency: English, then technical, then some thousand invented ones.
pub(crate) struct Words {
    all: Vec<Vec<u8>>,
    /// Where the words begin that also serve as identifiers.
    names: usize,
}

impl Words {
    pub(crate) fn new() -> Self {
        const LISTED: &str = include_str!("words.txt");
        const ONSETS: [&str; 20] =
            ["b", "br", "c", "d", "dr", "f", "g", "gr", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v"];
        const RIMES: [&str; 16] =
            ["a", "ae", "al", "an", "ar", "e", "el", "en", "er", "i", "in", "is", "o", "on", "or", "us"];
        let mut all: Vec<Vec<u8>> = LISTED.split_whitespace().map(|word| word.as_bytes().to_vec()).collect();
        // The first line holds what is English only.
        let names = LISTED.lines().next().unwrap_or_default().split_whitespace().count();
        let mut rng = Rng::named("words");
        while all.len() < 6_000 {
            let syllables = rng.between(1, 3);
            all.push((0..syllables).flat_map(|_| [*rng.pick(&ONSETS), *rng.pick(&RIMES)]).collect::<String>().into());
        }
        Self { all, names }
    }
}

/// Where text comes from: random numbers, words and a clock that only goes forward.
pub(crate) struct Maker<'w> {
    pub(crate) rng: Rng,
    words: &'w Words,
    /// Microseconds since 1970.
    now: u64,
    planted: Vec<Secret>,
}

impl<'w> Maker<'w> {
    pub(crate) fn new(name: &str, words: &'w Words) -> Self {
        let mut rng = Rng::named(name);
        let now = 1_777_000_000_000_000 + rng.below(86_400_000_000) as u64;
        Self { rng, words, now, planted: Vec::new() }
    }

    /// Lets up to a quarter of a second pass.
    pub(crate) fn tick(&mut self) {
        self.now += self.rng.below(250_000) as u64;
    }

    /// The secrets written since this was last asked.
    pub(crate) fn take_planted(&mut self) -> Vec<Secret> {
        std::mem::take(&mut self.planted)
    }

    pub(crate) fn word(&mut self) -> &'w [u8] {
        &self.words.all[self.rng.rank(self.words.all.len())]
    }

    fn name(&mut self) -> &'w [u8] {
        &self.words.all[self.words.names + self.rng.rank(self.words.all.len() - self.words.names)]
    }

    fn capitalized(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(self.name());
        out[start].make_ascii_uppercase();
    }

    fn prose(&mut self, low: usize, high: usize, out: &mut Vec<u8>) {
        for nth in 0..self.rng.between(low, high) {
            if nth > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(self.word());
        }
    }

    /// One to three words with `joint` between them: an identifier.
    fn joined(&mut self, joint: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(self.name());
        for _ in 0..self.rng.below(3) {
            out.extend_from_slice(joint);
            out.extend_from_slice(self.name());
        }
    }

    fn constant(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        self.joined(b"_", out);
        out[start..].make_ascii_uppercase();
    }

    /// A number of one to `digits` digits, every length equally often: as sizes and counts are spread.
    fn size(&mut self, digits: usize, out: &mut Vec<u8>) {
        let length = self.rng.between(1, digits) as u32;
        encode::decimal(self.rng.below(10_usize.pow(length)) as u64, 0, out);
    }

    fn string(&mut self, alphabet: &[u8], low: usize, high: usize, out: &mut Vec<u8>) {
        let count = self.rng.between(low, high);
        self.rng.string(alphabet, count, out);
    }

    fn uuid(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        self.rng.string(HEX, 36, out);
        for dash in [8, 13, 18, 23] {
            out[start + dash] = b'-';
        }
        out[start + 14] = b'4';
    }

    fn plant(&mut self, make: fn(&mut Rng) -> Secret, out: &mut Vec<u8>) {
        let secret = make(&mut self.rng);
        out.extend_from_slice(&secret.value);
        self.planted.push(secret);
    }

    /// The time now, by a `strftime`-like pattern.
    fn time(&self, pattern: &[u8], out: &mut Vec<u8>) {
        let seconds = self.now / 1_000_000;
        let (year, month, day) = civil(seconds / 86_400);
        let mut bytes = pattern.iter();
        while let Some(&byte) = bytes.next() {
            if byte != b'%' {
                out.push(byte);
                continue;
            }
            let (number, width) = match bytes.next() {
                Some(b'Y') => (year, 4),
                Some(b'm') => (month, 2),
                Some(b'd') => (day, 2),
                Some(b'H') => (seconds / 3_600 % 24, 2),
                Some(b'M') => (seconds / 60 % 60, 2),
                Some(b'S') => (seconds % 60, 2),
                Some(b'k') => (self.now / 1_000 % 1_000, 3),
                Some(b'u') => (self.now % 1_000_000, 6),
                _ => {
                    out.extend_from_slice(&MONTHS[3 * month as usize - 3..][..3]);
                    continue;
                }
            };
            encode::decimal(number, width, out);
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant's `civil_from_days`).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era_day = shifted % 146_097;
    let era_year = (era_day - era_day / 1_460 + era_day / 36_524 - era_day / 146_096) / 365;
    let year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
    let moved = (5 * year_day + 2) / 153;
    let month = if moved < 10 { moved + 3 } else { moved - 9 };
    let year = shifted / 146_097 * 400 + era_year + u64::from(month <= 2);
    (year, month, year_day - (153 * moved + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (days, date) in
            [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (20_454, (2026, 1, 1)), (20_818, (2026, 12, 31))]
        {
            assert_eq!(civil(days), date);
        }
    }
}
