//! What the app itself writes where a person would have written: a table per concern, a row per language.
//!
//! Wordings are compared whole, after everything that nobody sees is taken away. What is not in a table stays text: a missing row loses nothing
//! but a label. Source: public parsers and their tests, and general knowledge of the app, 2026-11; the app's own texts are not published,
//! and change. A person can type any of these words; the file does not tell that from the app's.

mod attachments;
mod body;
mod system;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use body::DeletedBy;
pub use system::SystemKind;

pub(crate) use attachments::{attached_after, attached_within, kind_of_name, omitted};
pub(crate) use body::{
    admin_deletion, call, deleted, is_edited_mark, is_live_location, is_location, is_view_once, is_waiting, poll_word,
};
pub(crate) use system::{is_within_quotes, may_hold_a_colon, notice, system_kind};

/// The languages that each table of short wordings has a row for.
#[cfg(test)]
const LANGUAGES: [&str; 11] = ["en", "de", "es", "fr", "it", "pt", "nl", "ru", "he", "ar", "af"];

/// Words of a table, to be looked up whole.
type Table<T> = LazyLock<HashMap<&'static str, T>>;

fn words<T: Copy>(rows: &[(&'static str, T, &[&'static str])]) -> HashMap<&'static str, T> {
    let each = |(_, meaning, wordings): &(&str, T, &[&'static str])| {
        let meaning = *meaning;
        wordings
            .iter()
            .map(move |wording| (*wording, meaning))
            .collect::<Vec<_>>()
    };
    rows.iter().flat_map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every language has a row, and every wording is as it is compared.
    pub(super) fn check<T>(table: &[(&'static str, T, &[&'static str])]) {
        for language in LANGUAGES {
            assert!(table.iter().any(|(row, _, _)| *row == language), "{language}");
        }
        for wording in table.iter().flat_map(|(_, _, wordings)| *wordings) {
            assert_eq!(crate::characters::plain(wording), *wording);
            assert_eq!(wording.trim_end_matches('.').trim(), *wording, "as it is compared");
        }
    }
}
