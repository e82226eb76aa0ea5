//! What a text format is to the redactor: a list of scalars with byte ranges. Nothing outside of a scalar is ever edited.

use std::borrow::Cow;
use std::ops::Range;

/// A text format. All methods are linear in the text, take no stack for its nesting, and never panic.
///
/// Texts and values are bytes: what a format decodes is UTF-8 (a lone surrogate of JSON becomes the three bytes it would have as a
/// character, and goes back to its escape), unless the format takes any bytes, as plain text and CSV do.
pub(crate) trait Format: Sync {
    /// Its name: `json`.
    fn name(&self) -> &'static str;

    /// Endings of file names (`json`), in lower case, and whole file names (`.env`).
    fn endings(&self) -> &'static [&'static str];

    /// Whether the beginning of a text looks like this format, cheaply. It may be wrong: [`Format::scalars`] tells.
    fn looks_like(&self, head: &[u8]) -> bool;

    /// Hands over every scalar of the text: keys, values, comments and running text, in order, not overlapping. Of a text that turns out
    /// to be of another format, those that stand before the place where it shows are handed over all the same.
    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis>;

    /// The scalars of a short text. They may take twenty times its memory: what may be long is visited.
    fn scalars(&self, text: &[u8]) -> Result<Vec<Scalar>, NotThis> {
        let mut scalars = Vec::new();
        self.visit(text, &mut |scalar| scalars.push(scalar)).map(|()| scalars)
    }

    /// What a scalar of this text means.
    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]>;

    /// The bytes that stand for `value` in the place of `at.range`, legal there, in the scalar's own style where that can hold the
    /// value. What `value` has in common with the scalar, from its start and from its end, keeps its spelling: for the scalar's own
    /// value the result is what is stored. A number or a bare word becomes a string where the format needs one. What a place cannot hold
    /// at all is written otherwise: `_` for the signs that a key of dotenv or INI has not, a space for a line break in a comment.
    fn encode(&self, text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8>;
}

/// What takes the scalars of a text, one after the other.
pub(crate) type Take<'t> = &'t mut dyn FnMut(Scalar);

/// A place of a text that holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    /// The whole token as stored, with its quotes.
    pub(crate) range: Range<usize>,
    /// The token without quotes.
    pub(crate) inner: Range<usize>,
    /// What it is for.
    pub(crate) role: Role,
    /// How it is written.
    pub(crate) style: Style,
}

impl Scalar {
    /// A scalar without quotes.
    pub(super) fn bare(range: Range<usize>, role: Role) -> Self {
        Self { inner: range.clone(), range, role, style: Style::Bare }
    }

    /// A scalar in quotes of so many bytes.
    pub(super) fn quoted(range: Range<usize>, quote: usize, role: Role, style: Style) -> Self {
        Self { inner: range.start + quote..range.end - quote, range, role, style }
    }

    /// The same scalar of a text that begins `by` bytes earlier.
    pub(super) fn shifted(mut self, by: usize) -> Self {
        for range in [&mut self.range, &mut self.inner] {
            *range = range.start + by..range.end + by;
        }
        self
    }

    /// The bytes between the quotes.
    pub(super) fn stored<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.inner.clone()]
    }
}

/// What a scalar is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Names a value: a key, a column's head.
    Key,
    /// A value that a key, a place in a list or an attribute has.
    Value,
    /// Said to people only.
    Comment,
    /// Running text: of an element, of a Markdown page, a line that is of no format.
    Text,
}

/// How a scalar is written. Each format uses those it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it stands, without quotes.
    Bare,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// In three single quotes.
    LongSingle,
    /// In three double quotes.
    LongDouble,
    /// In a block that keeps its line breaks.
    Literal,
    /// In a block that folds its lines.
    Folded,
}

/// A text is not of the format it was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}, at byte {offset}")]
pub(crate) struct NotThis {
    /// Where it shows.
    pub(crate) offset: usize,
    /// Why, in words that hold nothing of the text.
    pub(crate) reason: &'static str,
}

impl NotThis {
    pub(super) fn at<T>(offset: usize, reason: &'static str) -> Result<T, Self> {
        Err(Self { offset, reason })
    }
}
