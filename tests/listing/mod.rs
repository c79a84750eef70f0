//! Texts that a reviewer reads: lists of cases, each compared with its file in `tests/snapshots/`.
//!
//! `INSTA_UPDATE=always cargo test --test NAME` rewrites the files; without it a difference is a failure.

use glassbox::doctor::Advice;
use glassbox::options::error::ConfigError;
use std::fmt::Display;

/// Fails unless the list is what `tests/snapshots/NAME.snap` says.
pub fn same(name: &str, list: &[String]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, list.join("\n")));
}

/// What was given and, below it, the error with its path. It must be refused at `path`, by a sentence that ends like
/// one and is not a page long.
#[allow(dead_code)]
pub fn refusal<T>(given: impl Display, path: &str, answer: Result<T, ConfigError>) -> String {
    let error = answer.err().unwrap_or_else(|| panic!("taken: {given}"));
    assert_eq!(error.path, path, "{given}: {error}");
    assert!(error.message.ends_with(['.', '?']), "{error}");
    assert!(error.message.chars().count() < 400, "{error}");
    let place = if path.is_empty() { "(all)" } else { path };
    format!("{given}\n    {place}: {}", error.message)
}

/// Advice in a list, below what it is about.
#[allow(dead_code)]
pub fn advice(advice: &Advice) -> String {
    let Advice {
        path,
        message,
        change,
        ..
    } = advice;
    let message = if message.is_empty() {
        "(refused)"
    } else {
        message
    };
    format!("    {path}: {message}\n        [{change}]")
}
