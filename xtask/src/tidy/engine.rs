//! Only one file of `store` asks which engine it is talking to.

use serde::Deserialize;

use super::Finding;
use super::source::code_lines;
use super::tree::Tree;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    folder: String,
    only_file: String,
}

pub(super) fn check(tree: &Tree, settings: &Settings) -> Vec<Finding> {
    let others =
        |path: &str| path.starts_with(&settings.folder) && path.ends_with(".rs") && path != settings.only_file.as_str();
    let mut found = Vec::new();
    for (path, text) in tree.texts(others) {
        for (line, _) in code_lines(text).filter(|(_, code)| asks(code)) {
            found.push(Finding::at(
                path,
                line,
                format!("only {} may ask for the engine", settings.only_file),
            ));
        }
    }
    found
}

fn asks(code: &str) -> bool {
    let matches_on_it = code
        .split_once("match ")
        .is_some_and(|(_, subject)| subject.to_lowercase().contains("engine"));
    code.contains("Engine::") || matches_on_it
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_found() {
        let settings = Settings {
            folder: "store/src/".into(),
            only_file: "store/src/dialect.rs".into(),
        };
        let cases = [
            ("store/src/rows.rs", "if engine == Engine::Sqlite {", 1),
            ("store/src/rows.rs", "match self.engine() {", 1),
            ("store/src/rows.rs", "fn insert(engine: Engine) {", 0),
            ("store/src/rows.rs", "// match the engine", 0),
            ("store/src/dialect.rs", "match engine { Engine::Sqlite => a }", 0),
            ("flow/src/a.rs", "Engine::Sqlite", 0),
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
