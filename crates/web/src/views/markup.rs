//! WhatsApp's own formatting as HTML: `*bold*`, `_italic_`, `~struck~`, `` `code` `` and line breaks. Everything else is escaped.
//!
//! A mark counts only at the edge of a word and when its partner follows on the same line, as on the phone. Addresses stay plain text:
//! a link that a stranger wrote is not made easy to follow.

use askama::filters::HtmlSafe;
use std::fmt;

/// Words with their formatting, safe to be placed in HTML.
pub(crate) struct Marked<'a>(pub(crate) &'a str);

impl HtmlSafe for Marked<'_> {}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, line) in self.0.lines().enumerate() {
            if number > 0 {
                f.write_str("<br>")?;
            }
            write_line(f, line, 0)?;
        }
        Ok(())
    }
}

fn element(mark: char) -> Option<&'static str> {
    match mark {
        '*' => Some("strong"),
        '_' => Some("em"),
        '~' => Some("s"),
        '`' => Some("code"),
        _ => None,
    }
}

/// Nested marks deeper than the four kinds make no sense and are left as they are.
const DEPTH: usize = 4;

fn write_line(f: &mut fmt::Formatter<'_>, line: &str, depth: usize) -> fmt::Result {
    let mut before = None;
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        let opens = depth < DEPTH && !before.is_some_and(char::is_alphanumeric);
        if let Some((name, (inside, behind))) = element(character).filter(|_| opens).zip(pair(after, character)) {
            write!(f, "<{name}>")?;
            if character == '`' {
                inside.chars().try_for_each(|c| write_escaped(f, c))?;
            } else {
                write_line(f, inside, depth + 1)?;
            }
            write!(f, "</{name}>")?;
            before = Some(character);
            rest = behind;
        } else {
            write_escaped(f, character)?;
            before = Some(character);
            rest = after;
        }
    }
    Ok(())
}

/// What stands between a mark and its partner, and what follows.
fn pair(after: &str, mark: char) -> Option<(&str, &str)> {
    if after.starts_with(char::is_whitespace) {
        return None;
    }
    let closes = |(place, _): &(usize, &str)| {
        let inside = &after[..*place];
        let behind = after[place + mark.len_utf8()..].chars().next();
        !inside.is_empty() && !inside.ends_with(char::is_whitespace) && !behind.is_some_and(char::is_alphanumeric)
    };
    let (place, _) = after.match_indices(mark).find(closes)?;
    Some((&after[..place], &after[place + mark.len_utf8()..]))
}

fn write_escaped(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    match character {
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '&' => f.write_str("&amp;"),
        '"' => f.write_str("&quot;"),
        '\'' => f.write_str("&#39;"),
        other => write!(f, "{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Marked;
    use proptest::prelude::*;

    #[test]
    fn formatting_is_as_on_the_phone() {
        for (text, html) in [
            ("plain", "plain"),
            ("*bold* and _soft_", "<strong>bold</strong> and <em>soft</em>"),
            ("*_both_*", "<strong><em>both</em></strong>"),
            ("~gone~", "<s>gone</s>"),
            ("`a*b*`", "<code>a*b*</code>"),
            ("2*3*4", "2*3*4"),
            ("* not bold *", "* not bold *"),
            ("snake_case_name", "snake_case_name"),
            ("one\ntwo", "one<br>two"),
            ("*open", "*open"),
            ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"),
            ("*<i>*", "<strong>&lt;i&gt;</strong>"),
        ] {
            assert_eq!(Marked(text).to_string(), html, "{text}");
        }
    }

    proptest! {
        #[test]
        fn only_our_own_tags_come_out(text in "[a<>&*_~`\"' \n]{0,40}") {
            let mut html = Marked(&text).to_string();
            for tag in ["strong", "em", "s", "code"] {
                html = html.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
            }
            prop_assert!(!html.replace("<br>", "").contains(['<', '>', '"', '\'']));
        }
    }
}
