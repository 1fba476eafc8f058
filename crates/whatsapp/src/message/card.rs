//! Contact cards. Every part but the name may be absent; a part that says nothing is left out.
//!
//! Source: Meta, Contacts messages, 2025-10.

use serde_json::{Map, Value, json};

use super::texts;
use crate::phone::PhoneNumber;
use crate::redacted::redacted_debug;

/// A contact card to send.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// The name.
    pub name: CardName,
    /// Phone numbers.
    pub phones: Vec<CardPhone>,
    /// Mail addresses.
    pub emails: Vec<CardEmail>,
    /// Where they live or work.
    pub addresses: Vec<CardAddress>,
    /// For whom they work.
    pub organisation: Option<Organisation>,
    /// Their pages.
    pub urls: Vec<CardUrl>,
    /// When they were born.
    pub birthday: Option<Birthday>,
}

/// The name on a card: the whole, and at least one of its parts.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CardName {
    /// The whole name, as it is shown.
    pub formatted: String,
    /// The first name.
    pub first: Option<String>,
    /// The name between.
    pub middle: Option<String>,
    /// The last name.
    pub last: Option<String>,
    /// What stands before, such as `Dr`.
    pub prefix: Option<String>,
    /// What stands behind, such as `Jr`.
    pub suffix: Option<String>,
}

/// A phone number on a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardPhone {
    /// The number.
    pub number: PhoneNumber,
    /// Its label, such as `WORK`.
    pub label: Option<String>,
    /// The number is on WhatsApp, which gives the card a button to write to it.
    pub on_whatsapp: bool,
}

/// A mail address on a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardEmail {
    /// The address.
    pub email: String,
    /// Its label, such as `WORK`.
    pub label: Option<String>,
}

/// A postal address on a card.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CardAddress {
    /// Street and number.
    pub street: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Country, in words.
    pub country: Option<String>,
    /// Country, in two letters.
    pub country_code: Option<String>,
    /// Its label, such as `HOME`.
    pub label: Option<String>,
}

/// An employer on a card.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Organisation {
    /// The company.
    pub company: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// What they are there.
    pub title: Option<String>,
}

/// A page on a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardUrl {
    /// Its address.
    pub url: String,
    /// Its label, such as `WORK`.
    pub label: Option<String>,
}

/// A day of birth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Birthday {
    /// The year.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day, 1 to 31.
    pub day: u8,
}

redacted_debug!(
    Card,
    CardName,
    CardPhone,
    CardEmail,
    CardAddress,
    Organisation,
    CardUrl,
    Birthday
);

impl CardName {
    /// A name of a first and a last part.
    pub fn of(first: impl Into<String>, last: impl Into<String>) -> Self {
        let (first, last) = (first.into(), last.into());
        Self {
            formatted: format!("{first} {last}"),
            first: Some(first),
            last: Some(last),
            ..Self::default()
        }
    }

    /// The parts that are given.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &String> {
        [&self.first, &self.middle, &self.last, &self.prefix, &self.suffix]
            .into_iter()
            .flatten()
    }
}

impl Card {
    pub(super) fn to_json(&self) -> Value {
        let name = texts(&[
            ("formatted_name", Some(&self.name.formatted)),
            ("first_name", self.name.first.as_deref()),
            ("middle_name", self.name.middle.as_deref()),
            ("last_name", self.name.last.as_deref()),
            ("prefix", self.name.prefix.as_deref()),
            ("suffix", self.name.suffix.as_deref()),
        ]);
        let mut card = Map::new();
        card.insert("name".to_owned(), Value::Object(name));
        put_all(&mut card, "phones", &self.phones, |phone| {
            texts(&[
                ("phone", Some(&phone.number.with_plus())),
                ("wa_id", phone.on_whatsapp.then_some(phone.number.digits())),
                ("type", phone.label.as_deref()),
            ])
        });
        put_all(&mut card, "emails", &self.emails, |email| {
            texts(&[("email", Some(&email.email)), ("type", email.label.as_deref())])
        });
        put_all(&mut card, "addresses", &self.addresses, |address| {
            texts(&[
                ("street", address.street.as_deref()),
                ("city", address.city.as_deref()),
                ("state", address.state.as_deref()),
                ("zip", address.zip.as_deref()),
                ("country", address.country.as_deref()),
                ("country_code", address.country_code.as_deref()),
                ("type", address.label.as_deref()),
            ])
        });
        put_all(&mut card, "urls", &self.urls, |page| {
            texts(&[("url", Some(&page.url)), ("type", page.label.as_deref())])
        });
        if let Some(employer) = &self.organisation {
            let employer = texts(&[
                ("company", employer.company.as_deref()),
                ("department", employer.department.as_deref()),
                ("title", employer.title.as_deref()),
            ]);
            card.insert("org".to_owned(), Value::Object(employer));
        }
        if let Some(Birthday { year, month, day }) = self.birthday {
            card.insert("birthday".to_owned(), json!(format!("{year:04}-{month:02}-{day:02}")));
        }
        Value::Object(card)
    }
}

/// Puts an array under a key, if it is not empty.
fn put_all<T>(card: &mut Map<String, Value>, key: &str, parts: &[T], form: impl Fn(&T) -> Map<String, Value>) {
    if !parts.is_empty() {
        card.insert(
            key.to_owned(),
            parts.iter().map(|part| Value::Object(form(part))).collect(),
        );
    }
}
