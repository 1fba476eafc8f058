//! The walk through the code in `docs/guides/first-look.md` equals the real calls.
//!
//! The page is a call tree: a line names a function and its file, and an indented line is called by the one above it. Each function
//! must be in its file, and its text must hold the calls of the lines below it, in their order.

use std::path::{Path, PathBuf};

/// A line of the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stop {
    line: usize,
    depth: usize,
    function: String,
    file: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The lines of the form ``- `function` in `file` ``, perhaps with a remark behind.
fn stops(page: &str) -> Vec<Stop> {
    let read = |(line, text): (usize, &str)| {
        let indented = text.len() - text.trim_start().len();
        let (function, rest) = text.trim_start().strip_prefix("- `")?.split_once("` in `")?;
        let (file, _) = rest.split_once('`')?;
        Some(Stop {
            line: line + 1,
            depth: indented / 2,
            function: function.to_owned(),
            file: file.to_owned(),
        })
    };
    page.lines().enumerate().filter_map(read).collect()
}

/// The text of every function of this name in a file: from its name to the brace that closes it.
fn bodies<'a>(source: &'a str, function: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = source[from..].find(&format!("fn {function}")).map(|at| at + from) {
        from = at + 3 + function.len();
        if !source[from..].starts_with(['(', '<']) {
            continue;
        }
        let line = source[..at].rfind('\n').map_or(0, |end| end + 1);
        let indented = source[line..].len() - source[line..].trim_start().len();
        // rustfmt puts the closing brace where the function's own line begins.
        let close = format!("\n{}}}\n", " ".repeat(indented));
        let end = source[from..].find(&close).map_or(source.len(), |end| from + end);
        found.push(&source[from..end]);
    }
    found
}

/// Where a call of `callee` begins in `body`: `name(`, `.name(`, `Type::name(`, or the function called or handed over by its path.
fn call(body: &str, callee: &Stop) -> Option<usize> {
    let name = &callee.function;
    let module = Path::new(&callee.file).file_stem()?.to_str()?;
    let handed_over = format!("{module}::{name}");
    let starts = body.match_indices(name.as_str()).filter(|(at, _)| {
        let before = body[..*at].chars().next_back().unwrap_or(' ');
        let after = &body[at + name.len()..];
        let is_path = body[..at + name.len()].ends_with(&handed_over) && after.starts_with([')', ',', '(']);
        let owner = body[..*at]
            .strip_suffix("::")
            .and_then(|rest| rest.rsplit(|c: char| !c.is_alphanumeric()).next());
        let is_of_type = owner.is_some_and(|owner| owner.starts_with(char::is_uppercase));
        let is_bare = !before.is_alphanumeric() && before != '_' && before != ':';
        is_path || ((is_bare || is_of_type) && after.starts_with('('))
    });
    starts.map(|(at, _)| at).next()
}

/// What of the walk is not so.
fn wrong(stops: &[Stop], read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, stop) in stops.iter().enumerate() {
        let Some(source) = read(&stop.file) else {
            wrong.push(format!("line {}: there is no file {}", stop.line, stop.file));
            continue;
        };
        let bodies = bodies(&source, &stop.function);
        if bodies.is_empty() {
            wrong.push(format!(
                "line {}: {} has no function `{}`",
                stop.line, stop.file, stop.function
            ));
        }
        let below: Vec<&Stop> = stops[at + 1..]
            .iter()
            .take_while(|next| next.depth > stop.depth)
            .filter(|next| next.depth == stop.depth + 1)
            .collect();
        let in_order = |body: &str| {
            let mut from = 0;
            below
                .iter()
                .find(|callee| match call(&body[from..], callee) {
                    Some(place) => {
                        from += place + callee.function.len();
                        false
                    }
                    None => true,
                })
                .map(|missing| (missing.line, missing.function.clone()))
        };
        let missing: Vec<_> = bodies.iter().map(|body| in_order(body)).collect();
        if let (false, Some(Some((line, function)))) = (missing.iter().any(Option::is_none), missing.first()) {
            wrong.push(format!(
                "line {line}: `{}` does not call `{function}` there",
                stop.function
            ));
        }
    }
    wrong
}

#[test]
fn the_walk_equals_the_real_calls() {
    let page = std::fs::read_to_string(root().join("docs/guides/first-look.md")).unwrap();
    let stops = stops(&page);
    assert!(stops.len() > 40, "the page names {} functions", stops.len());
    let wrong = wrong(&stops, |file| std::fs::read_to_string(root().join(file)).ok());
    assert!(wrong.is_empty(), "docs/guides/first-look.md:\n{}", wrong.join("\n"));
    println!(
        "first look: {} functions, each where the page says, calling what it says",
        stops.len()
    );
}

#[test]
fn a_walk_that_is_not_so_is_noticed() {
    let source =
        "pub async fn begin() {\n    first();\n    jobs::second;\n    work(jobs::second);\n}\n\nfn first() {}\n";
    let read = |file: &str| {
        (file == "a.rs" || file == "jobs.rs").then(|| source.replace("fn first", "fn second() {}\n\nfn first"))
    };
    let page = |lines: &[&str]| wrong(&stops(&lines.join("\n")), read);
    let well = [
        "- `begin` in `a.rs`: starts",
        "  - `first` in `a.rs`",
        "  - `second` in `jobs.rs`",
    ];
    assert_eq!(page(&well), [""; 0]);
    assert_eq!(
        page(&[well[0], well[2], well[1]]),
        ["line 3: `begin` does not call `first` there"]
    );
    assert_eq!(page(&["- `begin` in `b.rs`"]), ["line 1: there is no file b.rs"]);
    assert_eq!(page(&["- `beg` in `a.rs`"]), ["line 1: a.rs has no function `beg`"]);
    assert_eq!(
        page(&[well[1], "    - `begin` in `a.rs`"]),
        ["line 2: `first` does not call `begin` there"]
    );
}
