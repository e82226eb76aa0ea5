//! A day, as acceptances name it: until when they hold.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use toml::value::Datetime;

const SECONDS_A_DAY: u64 = 86_400;

/// A day of the Gregorian calendar, written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Today in UTC, by the system's clock.
    pub fn today() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::after_1970(since.as_secs() / SECONDS_A_DAY)
    }

    /// So many days after 1970-01-01 (Hinnant's `civil_from_days`).
    fn after_1970(days: u64) -> Self {
        // Years begin in March, so that the leap day is their last.
        let days = days + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        Self { year: year as u16, month: month as u8, day: day as u8 }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// What is wrong with a text that should be a date.
const FORM: &str = "a date is written `YYYY-MM-DD`";

impl FromStr for Date {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(Datetime { date: Some(date), time: None, offset: None }) => {
                Ok(Self { year: date.year, month: date.month, day: date.day })
            }
            _ => Err(FORM),
        }
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a text, or from a date of TOML.
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Date;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, `YYYY-MM-DD`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Date, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Date, A::Error> {
                let date = Datetime::deserialize(MapAccessDeserializer::new(map))?;
                date.to_string().parse().map_err(serde::de::Error::custom)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        // date -d @$((86400 * N)) +%F
        for (days, date) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (789, "1972-02-29"),
            (10_956, "1999-12-31"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_779, "2026-11-22"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(Date::after_1970(days).to_string(), date);
            assert_eq!(date.parse(), Ok(Date::after_1970(days)));
        }
        assert!(Date::today() > Date::after_1970(20_000));
    }

    #[derive(serde::Deserialize)]
    struct Until {
        until: Date,
    }

    #[test]
    fn only_days_are_dates() {
        for text in ["", "2026", "2026-13-01", "2026-02-30", "26-01-01", "2026-01-01T00:00:00Z", "12:00:00", "tomorrow"]
        {
            assert_eq!(text.parse::<Date>(), Err(FORM), "{text}");
            assert!(serde_json::from_value::<Date>(text.into()).is_err(), "{text}");
        }
        for toml in ["until = 2026-11-22", "until = '2026-11-22'"] {
            assert_eq!(toml::from_str::<Until>(toml).unwrap().until.to_string(), "2026-11-22");
        }
        assert!(toml::from_str::<Until>("until = 2026-11-22T10:00:00Z").is_err());
    }
}
