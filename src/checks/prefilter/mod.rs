//! Finds all anchors of all rules in one pass.
