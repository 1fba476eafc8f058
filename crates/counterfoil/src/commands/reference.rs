//! The reference page of the commands, made from what `--help` says, so that the two cannot differ.

use super::Line;
use clap::CommandFactory;

/// The page.
pub(super) fn page() -> String {
    let mut page = String::from(
        "# Commands\n\n<!-- Made by `counterfoil config --reference commands`; a test compares the two. -->\n\n\
         A command ends with 0 when all is well, 1 when something is broken, differs or was refused, 2 when it was mistyped, and 3 \
         when nothing is broken but something should be looked at. What `--json` prints goes to standard output; errors and log \
         lines go to standard error.\n",
    );
    let mut line = Line::command().term_width(100);
    line.build();
    for command in line.get_subcommands() {
        if command.get_name() == "help" {
            continue;
        }
        describe(command, "counterfoil", &mut page);
    }
    page
}

fn describe(command: &clap::Command, above: &str, page: &mut String) {
    let name = format!("{above} {}", command.get_name());
    let inner: Vec<_> = command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
        .collect();
    if inner.is_empty() {
        let help = command.clone().term_width(100).render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        page.push_str(&format!(
            "\n## {name}\n\n```text\n{}\n```\n",
            help.join("\n").trim_end()
        ));
    }
    for command in inner {
        describe(command, &name, page);
    }
}
