//! Links between our own pages lead somewhere.

use super::Finding;
use super::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts(|path| path.ends_with(".md")) {
        for (line, target) in targets(text) {
            let file = target.split('#').next().unwrap_or(target);
            let is_outside = file.contains("://") || file.starts_with("mailto:");
            if file.is_empty() || is_outside {
                continue;
            }
            match resolve(path, file) {
                Some(place) if tree.has(&place) || place.is_empty() => {}
                _ => found.push(Finding::at(path, line, format!("the link to {target} leads nowhere"))),
            }
        }
    }
    found
}

/// The targets of `[words](target)`, `![words](target)` and `[name]: target`, outside code.
fn targets(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in (1..).zip(page.lines()) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code {
            continue;
        }
        // Every second part between back-ticks is code, so a link's words may hold code but its target may not.
        let mut outside_code = true;
        let mut start = 0;
        for (place, character) in line.char_indices() {
            if character == '`' {
                outside_code = !outside_code;
            }
            if character == ']' && outside_code && place >= start {
                let after = &line[place + 1..];
                let inner = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
                let definition = (line.starts_with('[')).then(|| after.strip_prefix(": ")).flatten();
                let target = inner.map(|(target, _)| target).or(definition);
                if let Some(target) = target.and_then(|target| target.split_whitespace().next()) {
                    found.push((number, target));
                    start = place + 1;
                }
            }
        }
    }
    found
}

/// A target as a path from the root; `None` when it leaves the repository.
fn resolve(page: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_somewhere() {
        let cases = [
            ("[a](b.md) and [c](../README.md#top)", 0),
            ("![a](picture.png)", 1),
            ("[a](b.md) [c](d.md) [e](../../f.md)", 2),
            ("[a](https://example.org/x) [b](mailto:a@example.org) [c](#here)", 0),
            ("`[a](gone.md)`\n```text\n[a](gone.md)\n```\n", 0),
            ("[`code`](gone.md)", 1),
            ("see [a]\n\n[a]: gone.md", 1),
            ("[folder](.) [folder](../docs/)", 0),
        ];
        for (page, expected) in cases {
            let tree = Tree::of(&[("docs/a.md", page), ("docs/b.md", ""), ("README.md", "")]);
            assert_eq!(check(&tree).len(), expected, "{page}");
        }
    }
}
