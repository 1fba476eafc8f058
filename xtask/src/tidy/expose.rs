//! Opened content is made readable in few places only.

use serde::Deserialize;

use super::Finding;
use super::source::code_lines;
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    allowed: Vec<String>,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let elsewhere = |path: &str| {
        path.starts_with("crates/")
            && path.contains("/src/")
            && path.ends_with(".rs")
            && !settings.allowed.iter().any(|place| path.starts_with(place))
    };
    let mut found = Vec::new();
    for (path, text) in tree.texts(elsewhere) {
        for (line, _) in code_lines(text).filter(|(_, code)| code.contains(".expose(") || code.contains("::expose(")) {
            found.push(Finding::at(
                path,
                line,
                "`expose()` is called only where pages and answers are written, in flow and in vault",
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_where_they_may_not_be() {
        let settings = Settings {
            allowed: vec!["crates/web/src/".into()],
        };
        let cases = [
            ("crates/web/src/a.rs", "b(text.expose());", 0),
            ("crates/store/src/a.rs", "b(text.expose());", 1),
            ("crates/store/src/a.rs", "b.map(Opened::expose()); // .expose()", 1),
            ("crates/model/src/a.rs", "pub fn expose(&self) -> &str {", 0),
            ("crates/store/src/a.rs", "// never calls .expose()", 0),
            (
                "crates/store/src/a.rs",
                "#[cfg(test)]\nmod tests {\n    a.expose();\n}",
                0,
            ),
            ("crates/store/tests/it/a.rs", "a.expose();", 0),
        ];
        for (path, text, expected) in cases {
            assert_eq!(
                check(&Tree::of(&[(path, text)]), &settings).len(),
                expected,
                "{path}: {text}"
            );
        }
    }
}
