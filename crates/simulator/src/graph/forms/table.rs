//! Field tables: what an object may hold, as data, and how a value is held against them.
//!
//! Tables are closed: a key that no table lists does not fit. Within an object unexpected keys are told first, then
//! missing fields, then fields with wrong values in the order of the table, then rules between fields.

use serde_json::{Map, Value};

use crate::graph::forms::misfit::{Misfit, Place, Why};

/// Texts and lists for which the provider states no limit.
pub(super) const ANY: usize = usize::MAX;

/// Flags of regions and couples with two skin tones are the longest, with ten characters and some joiners.
const LONGEST_EMOJI: usize = 16;

pub(super) type Object = Map<String, Value>;

/// The fields of an object and the rules between them.
pub(super) struct Table {
    pub(super) fields: &'static [Field],
    pub(super) rules: &'static [Rule],
}

/// One line of a table.
pub(super) struct Field {
    pub(super) name: &'static str,
    needed: bool,
    kind: Kind,
}

/// A field that must be there.
pub(super) const fn need(name: &'static str, kind: Kind) -> Field {
    let needed = true;
    Field { name, needed, kind }
}

/// A field that may be there.
pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    let needed = false;
    Field { name, needed, kind }
}

/// What a field may be.
pub(super) enum Kind {
    /// A text that is not empty, with at most this many characters.
    Text(usize),
    /// A text with at most this many characters that looks a certain way.
    Written {
        longest: usize,
        wanted: &'static str,
        fits: fn(&str) -> bool,
    },
    /// One of these words, as `wanted` says it.
    Word {
        wanted: &'static str,
        of: &'static [&'static str],
    },
    /// An emoji, or an empty text that takes one back.
    Emoji,
    Flag,
    /// A whole number between these two.
    Whole(i64, i64),
    /// At most this many degrees, as a number or as its decimal digits.
    Degrees(f64),
    /// The business's own data for a flow: any object that is not empty.
    Data,
    Part(&'static Table),
    /// A list with so many elements.
    List(usize, usize, &'static Kind),
    /// An object that says in this field which of the tables it follows, or in these one after the other: their words
    /// joined by a dot name the table.
    Choice(&'static [&'static str], &'static [(&'static str, &'static Table)]),
}

/// Something that must hold between the fields of an object.
pub(super) enum Rule {
    ExactlyOne(&'static [&'static str]),
    AtLeastOne(&'static [&'static str]),
    /// In this list no two elements have the same value in the field at the end of the way.
    Different(&'static str, &'static [&'static str]),
    /// All lists of this name in the elements of this list have at most so many elements together.
    Together(&'static str, &'static str, usize),
    /// Whatever a table cannot say.
    Check(fn(&Object, &Place<'_>) -> Result<(), Misfit>),
}

impl Table {
    pub(super) fn fit(&self, value: &Value, place: &Place<'_>) -> Result<(), Misfit> {
        object(&[self.fields], self.rules, value, place)
    }
}

/// Holds a value against the fields of several tables at once.
pub(super) fn object(fields: &[&[Field]], rules: &[Rule], value: &Value, place: &Place<'_>) -> Result<(), Misfit> {
    let object = value.as_object().ok_or_else(|| place.is(Why::Type("an object")))?;
    let fields = || fields.iter().copied().flatten();
    if let Some(name) = object.keys().find(|name| !fields().any(|field| field.name == *name)) {
        return Err(place.key(name).is(Why::Unexpected));
    }
    if let Some(absent) = fields().find(|field| field.needed && !object.contains_key(field.name)) {
        return Err(place.key(absent.name).is(Why::Missing));
    }
    for field in fields() {
        if let Some(value) = object.get(field.name) {
            field.kind.fit(value, &place.key(field.name))?;
        }
    }
    rules.iter().try_for_each(|rule| rule.hold(object, place))
}

impl Kind {
    fn fit(&self, value: &Value, place: &Place<'_>) -> Result<(), Misfit> {
        match self {
            Self::Text(longest) => text(value, *longest, place).map(drop),
            Self::Written { longest, wanted, fits } => {
                let text = text(value, *longest, place)?;
                allowed(fits(text), wanted, place)
            }
            Self::Word { wanted, of } => {
                let text = text(value, ANY, place)?;
                allowed(of.contains(&text), wanted, place)
            }
            Self::Emoji => {
                let text = value.as_str().ok_or_else(|| place.is(Why::Type("a string")))?;
                let words = text.is_ascii() || text.contains(|letter: char| letter.is_ascii_alphabetic());
                let one = text.chars().count() <= LONGEST_EMOJI && !words;
                allowed(text.is_empty() || one, "one emoji, or empty", place)
            }
            Self::Flag => typed(value.is_boolean(), "true or false", place),
            Self::Whole(least, most) => {
                let number = value.as_i64().ok_or_else(|| place.is(Why::Type("a whole number")))?;
                allowed((*least..=*most).contains(&number), "a number within its limits", place)
            }
            Self::Degrees(most) => {
                let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
                let number = number.ok_or_else(|| place.is(Why::Type("a number of degrees")))?;
                allowed(number.abs() <= *most, "a number of degrees on the globe", place)
            }
            Self::Data => {
                let filled = value.as_object().map(|data| !data.is_empty());
                let filled = filled.ok_or_else(|| place.is(Why::Type("an object")))?;
                allowed(filled, "an object that is not empty", place)
            }
            Self::Part(table) => table.fit(value, place),
            Self::List(least, most, kind) => {
                let list = value.as_array().ok_or_else(|| place.is(Why::Type("a list")))?;
                counted(list.len(), *least, *most, place)?;
                let mut elements = list.iter().enumerate();
                elements.try_for_each(|(index, element)| kind.fit(element, &place.item(index)))
            }
            Self::Choice(tags, tables) => {
                let (used, table) = chosen(value, tags, tables, place)?;
                let used: Vec<Field> = used.iter().map(|tag| need(tag, Self::Text(ANY))).collect();
                object(&[&used, table.fields], table.rules, value, place)
            }
        }
    }
}

/// The table that an object names, and the fields in which it does.
fn chosen<'t>(
    value: &Value,
    tags: &'t [&'static str],
    tables: &[(&str, &'t Table)],
    place: &Place<'_>,
) -> Result<(&'t [&'static str], &'t Table), Misfit> {
    let object = value.as_object().ok_or_else(|| place.is(Why::Type("an object")))?;
    let mut words = Vec::new();
    for (depth, tag) in tags.iter().enumerate() {
        let place = place.key(tag);
        let word = object.get(*tag).ok_or_else(|| place.is(Why::Missing))?;
        words.push(text(word, ANY, &place)?);
        let name = words.join(".");
        if let Some((_, table)) = tables.iter().find(|(known, _)| *known == name) {
            return Ok((&tags[..=depth], table));
        }
        let leads_on = |known: &str| known.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.'));
        allowed(
            tables.iter().any(|(known, _)| leads_on(known)),
            "a kind that is known here",
            &place,
        )?;
    }
    Err(place.is(Why::Value("of a kind that is known here")))
}

fn text<'v>(value: &'v Value, longest: usize, place: &Place<'_>) -> Result<&'v str, Misfit> {
    let text = value.as_str().ok_or_else(|| place.is(Why::Type("a string")))?;
    if text.is_empty() {
        return Err(place.is(Why::Missing));
    }
    if text.chars().count() > longest {
        return Err(place.is(Why::TooLong(longest)));
    }
    Ok(text)
}

fn typed(fits: bool, wanted: &'static str, place: &Place<'_>) -> Result<(), Misfit> {
    if fits { Ok(()) } else { Err(place.is(Why::Type(wanted))) }
}

pub(super) fn allowed(fits: bool, wanted: &'static str, place: &Place<'_>) -> Result<(), Misfit> {
    if fits {
        Ok(())
    } else {
        Err(place.is(Why::Value(wanted)))
    }
}

pub(super) fn counted(count: usize, least: usize, most: usize, place: &Place<'_>) -> Result<(), Misfit> {
    if (least..=most).contains(&count) {
        Ok(())
    } else {
        Err(place.is(Why::Count(least, most)))
    }
}

/// Nothing comes twice; the second one is told.
pub(super) fn different<'v>(
    values: impl Iterator<Item = &'v Value>,
    second: impl Fn(usize) -> Misfit,
) -> Result<(), Misfit> {
    let mut seen: Vec<&Value> = Vec::new();
    for value in values {
        if seen.contains(&value) {
            return Err(second(seen.len()));
        }
        seen.push(value);
    }
    Ok(())
}

/// The elements of a list in an object; none when there is no such list.
pub(super) fn elements(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

impl Rule {
    fn hold(&self, object: &Object, place: &Place<'_>) -> Result<(), Misfit> {
        match *self {
            Self::ExactlyOne(names) => match present(object, names) {
                0 => Err(place.key(names[0]).is(Why::Missing)),
                1 => Ok(()),
                _ => Err(place.is(Why::Exclusive(names))),
            },
            Self::AtLeastOne(names) if present(object, names) == 0 => Err(place.key(names[0]).is(Why::Missing)),
            Self::AtLeastOne(_) => Ok(()),
            Self::Different(list, way) => {
                let at = |element: &'_ Value| way.iter().fold(element.clone(), |value, key| value[key].clone());
                let values: Vec<Value> = elements(object.get(list)).iter().map(at).collect();
                different(values.iter(), |index| place.key(list).item(index).is(Why::Repeated))
            }
            Self::Together(list, inner, most) => {
                let outer = elements(object.get(list));
                let count = outer.iter().map(|element| elements(element.get(inner)).len()).sum();
                counted(count, 1, most, &place.key(list))
            }
            Self::Check(check) => check(object, place),
        }
    }
}

fn present(object: &Object, names: &[&str]) -> usize {
    names.iter().filter(|name| object.contains_key(**name)).count()
}
