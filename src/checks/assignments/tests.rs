//! The check as a whole: texts in every dialect, and what is found in them.
