//! Texts for people, from the Fluent files in `locales/`, and times as people say them.
//!
//! Every word on a page comes through [`Words::say`] or [`Words::say_with`]. A key that is missing shows as itself; a test sees to it
//! that none is, in any language.

pub(crate) mod clockface;
pub(crate) mod language;

pub use language::Language;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;

type Bundle = FluentBundle<FluentResource>;

macro_rules! texts {
    ($language:literal) => {
        [
            include_str!(concat!("../../locales/", $language, "/frame.ftl")),
            include_str!(concat!("../../locales/", $language, "/inbox.ftl")),
            include_str!(concat!("../../locales/", $language, "/thread.ftl")),
            include_str!(concat!("../../locales/", $language, "/settings.ftl")),
            include_str!(concat!("../../locales/", $language, "/errors.ftl")),
        ]
    };
}

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English, &texts!("en")));
static HINDI: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Hindi, &texts!("hi")));
static ARABIC: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Arabic, &texts!("ar")));

fn bundle(language: Language, texts: &[&str]) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
    // Marks around inserted names and numbers keep right-to-left sentences in order; elsewhere they only get in the way of copying.
    bundle.set_use_isolating(language.right_to_left());
    for text in texts {
        // What does not parse is left out and shows as its key; the test on all languages finds it.
        let resource = match FluentResource::try_new((*text).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The texts of one language.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    bundle: &'static Bundle,
}

impl Words {
    pub(crate) fn of(language: Language) -> Self {
        let bundle = match language {
            Language::English => &*ENGLISH,
            Language::Hindi => &*HINDI,
            Language::Arabic => &*ARABIC,
        };
        Self { bundle }
    }

    /// The text with this key.
    pub(crate) fn say(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text with this key and values put in.
    pub(crate) fn say_with(&self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        self.format(key, Some(&values.iter().cloned().collect()))
    }

    fn format(&self, key: &str, values: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, values, &mut errors).into_owned()
    }

    /// Whether there is a text with this key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }
}

/// A size in bytes as people say it: `2.4 MB`.
pub(crate) fn size(words: Words, bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_mul(10).div_ceil(unit);
        if tenths >= 100 {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    };
    match bytes {
        0..=999 => words.say_with("size-bytes", &[("number", bytes.to_string().into())]),
        1_000..=999_999 => words.say_with("size-kilobytes", &[("number", tenths(1_000).into())]),
        _ => words.say_with("size-megabytes", &[("number", tenths(1_000_000).into())]),
    }
}

#[cfg(test)]
mod tests;
