//! The last words on stderr: what was not read, and one line about the whole run.

use std::fmt::Write as _;
use std::time::Duration;

use super::clean::visible;
use super::palette::{Ink, Palette};
use super::reporter::Style;
use super::words::{self, count};
use crate::model::{Severity, Summary};

/// So many skipped files are named; the machine formats name all.
const NAMED: usize = 20;
/// So many acceptances that lapsed are named: they need tidying, not reading.
const LAPSED: usize = 5;

/// What was not read, each on a line with its reason, then the run in one line. Ends with a newline.
pub fn closing(summary: &Summary, style: Style) -> String {
    let palette = Palette { color: style.color };
    let mut text = String::new();
    for skipped in summary.skipped.iter().take(NAMED) {
        let ink = if skipped.reason.is_incomplete() { Ink::Warning } else { Ink::Faint };
        let path = palette.paint(Ink::Path, visible(&skipped.path));
        let _ = writeln!(text, "{} {path}: {}", palette.paint(ink, "skipped"), visible(skipped.reason.describe()));
    }
    if let Some(more) = summary.skipped.len().checked_sub(NAMED).filter(|&more| more > 0) {
        let _ = writeln!(text, "{} and {more} more", palette.paint(Ink::Warning, "skipped"));
    }
    for lapse in summary.lapses.iter().take(LAPSED) {
        let (word, rest) = words::lapse(&lapse.state);
        let place = palette.paint(Ink::Path, format!("{}:{}", visible(&lapse.file), lapse.line));
        let _ = writeln!(text, "{} {place}: {}", palette.paint(Ink::Warning, word), visible(rest));
    }
    if let Some(more) = summary.lapses.len().checked_sub(LAPSED).filter(|&more| more > 0) {
        let _ = writeln!(text, "{} and {more} more acceptances", palette.paint(Ink::Warning, "lapsed"));
    }
    if summary.walls.targets > 0 {
        let _ = writeln!(text, "{}", palette.paint(Ink::Faint, &summary.walls));
    }
    let _ = writeln!(text, "{} {}", verdict(summary, palette), volume(summary));
    text
}

/// The whole run in one line, without colour.
pub(super) fn in_a_line(summary: &Summary) -> String {
    format!("{} {}", verdict(summary, Palette { color: false }), volume(summary))
}

/// `3 open findings (1 critical, 2 high), 2 suppressed in`, `nothing found in`.
fn verdict(summary: &Summary, palette: Palette) -> String {
    let unread = summary.skipped.iter().filter(|skipped| skipped.reason.is_incomplete()).count() as u64;
    let worst = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
        .into_iter()
        .find(|&severity| summary.open_of(severity) > 0);
    let mut words = match worst {
        Some(severity) => {
            format!("{} ({})", palette.paint(Ink::Severity(severity), open(summary)), severities(summary))
        }
        None if unread > 0 => {
            let found = format!("nothing found, but {} could not be read", count(unread, "file"));
            palette.paint(Ink::Warning, found).to_string()
        }
        None => palette.paint(Ink::Good, "nothing found").to_string(),
    };
    if summary.unlisted > 0 {
        let _ = write!(words, ", {} of them not listed", summary.unlisted);
    }
    if summary.suppressed > 0 {
        let _ = write!(words, ", {} suppressed", summary.suppressed);
    }
    words.push_str(if worst.is_none() && unread > 0 { ";" } else { " in" });
    words
}

fn open(summary: &Summary) -> String {
    count(summary.open_total(), "open finding")
}

/// `1 critical, 2 high`.
fn severities(summary: &Summary) -> String {
    let each = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
        .into_iter()
        .filter(|&severity| summary.open_of(severity) > 0)
        .map(|severity| format!("{} {}", summary.open_of(severity), words::severity(severity)));
    each.collect::<Vec<_>>().join(", ")
}

/// `412 files, 38.2 MB in 0.05 s (764 MB/s), 2 skipped`.
fn volume(summary: &Summary) -> String {
    let seconds = summary.duration.as_secs_f64();
    let mut words = format!("{}, {} in {}", count(summary.files, "file"), bytes(summary.bytes), time(summary.duration));
    // A rate over a few milliseconds or bytes says nothing.
    if seconds >= 0.01 && summary.bytes >= 1_000_000 {
        let _ = write!(words, " ({:.0} MB/s)", summary.bytes as f64 / seconds / 1e6);
    }
    if !summary.skipped.is_empty() {
        let _ = write!(words, ", {} skipped", summary.skipped.len());
    }
    words
}

fn bytes(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return count(bytes, "byte"),
        1_000..1_000_000 => (1e3, "kB"),
        1_000_000..1_000_000_000 => (1e6, "MB"),
        1_000_000_000.. => (1e9, "GB"),
    };
    format!("{:.1} {name}", bytes as f64 / unit)
}

fn time(duration: Duration) -> String {
    match duration.as_secs() {
        0..60 => format!("{:.2} s", duration.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PathText, SkipReason, Skipped, Walls};

    fn said(summary: &Summary) -> String {
        closing(summary, Style::default())
    }

    fn unread(number: usize) -> Vec<Skipped> {
        (0..number).map(|n| Skipped { path: PathText::new(format!("f{n}")), reason: SkipReason::Vanished }).collect()
    }

    #[test]
    fn the_last_line_is_right_for_none_one_and_many() {
        let run = |bytes, files, millis| Summary {
            bytes,
            files,
            duration: Duration::from_millis(millis),
            ..Summary::default()
        };
        for (summary, words) in [
            (run(0, 0, 0), "nothing found in 0 files, 0 bytes in 0.00 s"),
            (run(1, 1, 4), "nothing found in 1 file, 1 byte in 0.00 s"),
            (run(2_500, 2, 4), "nothing found in 2 files, 2.5 kB in 0.00 s"),
            (
                Summary { open: [0, 0, 2, 1], suppressed: 2, ..run(38_200_000, 412, 50) },
                "3 open findings (1 critical, 2 high), 2 suppressed in 412 files, 38.2 MB in 0.05 s (764 MB/s)",
            ),
            (
                Summary { open: [1, 0, 0, 0], ..run(7_000_000_000, 3, 125_000) },
                "1 open finding (1 low) in 3 files, 7.0 GB in 2 min 5 s (56 MB/s)",
            ),
            (
                Summary { open: [0, 2_000, 0, 0], unlisted: 1_000, ..run(9, 1, 0) },
                "2000 open findings (2000 medium), 1000 of them not listed in 1 file, 9 bytes in 0.00 s",
            ),
            (Summary { suppressed: 1, ..run(9, 1, 0) }, "nothing found, 1 suppressed in 1 file, 9 bytes in 0.00 s"),
        ] {
            assert_eq!(said(&summary), format!("{words}\n"));
        }
    }

    #[test]
    fn what_was_not_read_is_named_up_to_a_limit() {
        let one = said(&Summary { skipped: unread(1), ..Summary::default() });
        assert_eq!(
            one,
            "skipped f0: vanished before it could be read\n\
             nothing found, but 1 file could not be read; 0 files, 0 bytes in 0.00 s, 1 skipped\n"
        );
        let found = said(&Summary { skipped: unread(1), open: [1, 0, 0, 0], ..Summary::default() });
        assert!(found.ends_with("\n1 open finding (1 low) in 0 files, 0 bytes in 0.00 s, 1 skipped\n"), "{found}");
        for (number, lines, more) in [(NAMED, NAMED + 1, None), (NAMED + 3, NAMED + 2, Some("skipped and 3 more"))] {
            let many = said(&Summary { skipped: unread(number), ..Summary::default() });
            assert_eq!(many.lines().count(), lines);
            assert_eq!(many.lines().nth(NAMED).filter(|_| more.is_some()), more);
        }
    }

    #[test]
    fn the_walls_are_told_where_there_are_targets() {
        for (targets, kernel, line) in [
            (0, Some("landlock 6"), ""),
            (1, None, "1 target kept closed, by name only\n"),
            (2, Some("landlock 6"), "2 targets kept closed, by name and by the kernel (landlock 6)\n"),
        ] {
            let walls = Walls { targets, kernel: kernel.map(Into::into) };
            let said = said(&Summary { walls, ..Summary::default() });
            assert_eq!(said, format!("{line}nothing found in 0 files, 0 bytes in 0.00 s\n"));
        }
    }

    #[test]
    fn special_files_do_not_make_a_run_incomplete() {
        let skipped = vec![Skipped { path: PathText::new("fifo"), reason: SkipReason::Special }];
        let said = said(&Summary { skipped, ..Summary::default() });
        assert!(said.ends_with("\nnothing found in 0 files, 0 bytes in 0.00 s, 1 skipped\n"), "{said}");
    }
}
