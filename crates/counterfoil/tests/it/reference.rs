//! The reference pages say what the program says.

use crate::program::{run, said};
use std::path::Path;

fn page_is_current(page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/reference/{page}.md"));
    let made = said(&run(Path::new("."), &["config", "--reference", page]));
    let kept = std::fs::read_to_string(&path).unwrap();
    let cure = format!("cargo run -- config --reference {page} > docs/reference/{page}.md");
    assert_eq!(
        made, kept,
        "the page is not what the program says; make it again: {cure}"
    );
}

#[test]
fn the_page_of_settings_is_current() {
    page_is_current("settings");
}

#[test]
fn the_page_of_commands_is_current() {
    page_is_current("commands");
}

#[test]
fn the_default_file_is_printed_as_it_is() {
    let printed = said(&run(Path::new("."), &["config", "--default"]));
    assert_eq!(printed, include_str!("../../counterfoil.default.toml"));
}
