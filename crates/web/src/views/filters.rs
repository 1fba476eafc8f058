//! Small things that every template places: a picture of the sprite, a time.

#![expect(unreachable_pub, reason = "the filter macro writes its own visibility")]

use crate::words::clockface::Moment;
use askama::filters::HtmlSafe;
use std::fmt;

/// A picture of the sprite. It never stands for words: those are beside it, or in the element's label.
pub(crate) struct Icon<'a>(&'a str);

impl HtmlSafe for Icon<'_> {}

impl fmt::Display for Icon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-{}\"/></svg>",
            self.0
        )
    }
}

/// `{{ "reply"|icon }}`: names are ours, never content.
#[askama::filter_fn]
pub(crate) fn icon<'a>(name: &'a str, _: &dyn askama::Values) -> askama::Result<Icon<'a>> {
    Ok(Icon(name))
}

/// A time with its exact form on hover.
pub(crate) struct Time<'a> {
    moment: &'a Moment,
    /// How the script keeps it true: `relative`, or nothing.
    keep: &'static str,
}

impl HtmlSafe for Time<'_> {}

impl fmt::Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moment { iso, exact, short } = self.moment;
        let keep = self.keep;
        write!(f, "<time datetime=\"{iso}\" title=\"{exact}\"{keep}>{short}</time>")
    }
}

/// `{{ at|time }}`: a time that stays as it was written.
#[askama::filter_fn]
pub(crate) fn time<'a>(moment: &'a Moment, _: &dyn askama::Values) -> askama::Result<Time<'a>> {
    Ok(Time { moment, keep: "" })
}

/// `{{ at|ago }}`: a time relative to now, kept true by the script.
#[askama::filter_fn]
pub(crate) fn ago<'a>(moment: &'a Moment, _: &dyn askama::Values) -> askama::Result<Time<'a>> {
    Ok(Time {
        moment,
        keep: " data-ago",
    })
}
