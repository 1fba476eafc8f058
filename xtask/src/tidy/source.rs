//! Looking at source text, as far as rules need it: lines of code without comments and tests, and text literals.
//!
//! This is no parser. It errs towards showing a line too much; a rule that needs certainty belongs into a type.

/// The lines of a Rust file with their numbers, without comments and without the unit tests at its end.
pub(super) fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|pair| {
            pair[0].trim() == "#[cfg(test)]" && pair[1].contains("mod ") && pair[1].trim_end().ends_with('{')
        })
        .unwrap_or(lines.len());
    (1..)
        .zip(lines)
        .take(tests)
        .map(|(number, line)| (number, without_comment(line)))
}

fn without_comment(line: &str) -> &str {
    match line.find("//") {
        // `://` is an address within a text.
        Some(start) if start == 0 || !line[..start].ends_with(':') => &line[..start],
        _ => line,
    }
}

/// The text literals of one line between any of the given quotes.
pub(super) fn literals<'a>(line: &'a str, quotes: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut escaped = false;
    for (place, character) in line.char_indices() {
        match open {
            _ if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some((quote, start)) if character == quote => {
                found.push(&line[start..place]);
                open = None;
            }
            None if quotes.contains(character) => open = Some((character, place + character.len_utf8())),
            _ => {}
        }
    }
    found
}

/// Whether two words with a blank between them stand in a text.
pub(super) fn has_two_words(text: &str) -> bool {
    let is_word = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() > 0;
    text.split_whitespace().filter(|word| is_word(word)).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_tests_are_left_out() {
        let text = "use a; // why\nlet u = \"http://x\";\n#[cfg(test)]\nmod tests {\n    b();\n}\n";
        let lines: Vec<_> = code_lines(text).collect();
        assert_eq!(lines, [(1, "use a; "), (2, "let u = \"http://x\";")]);
    }

    #[test]
    fn literals_are_found() {
        assert_eq!(literals(r#"say("a-b", 'c', "d\"e")"#, "\""), ["a-b", r#"d\"e"#]);
        assert_eq!(literals(r#"x = 'a b' + "c"; `d`"#, "\"'`"), ["a b", "c", "d"]);
        assert!(literals("no literal", "\"").is_empty());
    }

    #[test]
    fn two_words_make_a_sentence() {
        for (text, expected) in [
            ("Send again", true),
            ("is-open", false),
            ("", false),
            ("12 34", false),
            ("a  b", true),
        ] {
            assert_eq!(has_two_words(text), expected, "{text}");
        }
    }
}
