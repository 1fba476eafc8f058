//! How certain texts are written: addresses, numbers, ids, languages.

use reqwest::Url;

use crate::graph::forms::table::{ANY, Kind};
use crate::ids::CustomerId;

/// An id of the provider's or the business's making: opaque, without spaces around it.
pub(super) const ID: Kind = id(ANY);

/// An address that people or the provider can open.
pub(super) const LINK: Kind = Kind::Written {
    longest: ANY,
    wanted: "an http or https address",
    fits: is_link,
};

/// The address behind a button.
pub(super) const BUTTON_LINK: Kind = Kind::Written {
    longest: 2000,
    wanted: "an http or https address",
    fits: is_link,
};

pub(super) const PHONE_NUMBER: Kind = Kind::Written {
    longest: ANY,
    wanted: "a phone number",
    fits: |text| CustomerId::parse(text).is_ok(),
};

/// `US.13491208655302741918`, or `US.ENT.…` for the parent of several.
pub(super) const USER_ID: Kind = Kind::Written {
    longest: ANY,
    wanted: "a business-scoped user id",
    fits: is_user_id,
};

pub(super) const LANGUAGE: Kind = Kind::Written {
    longest: ANY,
    wanted: "a language such as en or en_US",
    fits: is_language,
};

pub(super) const TEMPLATE_NAME: Kind = Kind::Written {
    longest: 512,
    wanted: "small letters, digits and underscores",
    fits: is_name,
};

pub(super) const VARIABLE_NAME: Kind = Kind::Written {
    longest: ANY,
    wanted: "small letters, digits and underscores",
    fits: is_name,
};

/// Buttons are counted from 0 in a string.
pub(super) const BUTTON_INDEX: Kind = Kind::Written {
    longest: ANY,
    wanted: "a string from \"0\" to \"9\"",
    fits: |text| text.len() == 1 && text.as_bytes()[0].is_ascii_digit(),
};

pub(super) const CURRENCY: Kind = Kind::Written {
    longest: ANY,
    wanted: "a currency of three capital letters",
    fits: |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()),
};

pub(super) const DATE: Kind = Kind::Written {
    longest: ANY,
    wanted: "a date such as 1984-05-31",
    fits: |text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
};

/// The HMAC-SHA256 of the access token.
pub(super) const PROOF: Kind = Kind::Written {
    longest: ANY,
    wanted: "64 hexadecimal digits",
    fits: |text| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
};

pub(super) const fn id(longest: usize) -> Kind {
    Kind::Written {
        longest,
        wanted: "an id without spaces around it",
        fits: |text| text.trim() == text,
    }
}

fn is_link(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let digits = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_language(text: &str) -> bool {
    let (language, country) = text.split_once('_').map_or((text, None), |(a, b)| (a, Some(b)));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && country.is_none_or(|country| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
