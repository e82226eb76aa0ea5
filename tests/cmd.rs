//! The command, seen from outside: every `console` block of `tests/cmd/*.md` is run and its output compared.
//! `TRYCMD=overwrite cargo test --test cmd` writes what the command says now.

#[test]
fn cmd() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.md")
        // What the developer's own files and environment say must not reach the tests.
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("HOME", "/nonexistent")
        .env("COLUMNS", "100");
}
