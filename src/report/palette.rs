//! The few colours that text for people is written in.

use std::fmt;

use crate::model::Severity;

/// What a piece of text is, as far as its colour goes.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Path,
    Place,
    Strong,
    Faint,
    Good,
    Warning,
    Severity(Severity),
}

/// Colours text, or does not.
#[derive(Clone, Copy)]
pub(super) struct Palette {
    pub(super) color: bool,
}

impl Palette {
    /// The text in its colour.
    pub(super) fn paint<T: fmt::Display>(self, ink: Ink, text: T) -> Painted<T> {
        Painted { sgr: self.color.then(|| sgr(ink)), text }
    }
}

/// The parameters of "Select Graphic Rendition" (ECMA-48): the 8 colours that every terminal theme makes readable.
fn sgr(ink: Ink) -> &'static str {
    match ink {
        Ink::Path => "35",
        Ink::Place | Ink::Good => "32",
        Ink::Strong => "1",
        Ink::Faint => "2",
        Ink::Warning | Ink::Severity(Severity::Medium) => "33",
        Ink::Severity(Severity::Low) => "36",
        Ink::Severity(Severity::High) => "31",
        Ink::Severity(Severity::Critical) => "1;31",
    }
}

/// Text with its colour around it.
pub(super) struct Painted<T> {
    sgr: Option<&'static str>,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sgr {
            Some(sgr) => write!(f, "\x1b[{sgr}m{}\x1b[0m", self.text),
            None => self.text.fmt(f),
        }
    }
}
