//! The manual page, made from the reference page of the commands, which a test holds to the program.

/// The page in roff. `day` stands in its foot.
pub(super) fn page(commands: &str, version: &str, day: &str) -> String {
    let mut page = format!(
        ".TH COUNTERFOIL 1 \"{day}\" \"Counterfoil {version}\"\n.SH NAME\ncounterfoil \\- WhatsApp conversations that your organisation \
         keeps, sealed and on the record\n.SH SYNOPSIS\n.B counterfoil\n[\\-\\-config FILE] COMMAND\n.SH DESCRIPTION\n"
    );
    let mut verbatim = false;
    for line in commands.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            verbatim = !fence.is_empty();
            page.push_str(if verbatim { ".nf\n" } else { ".fi\n" });
        } else if let Some(name) = line.strip_prefix("## ") {
            page.push_str(&format!(".SH \"{}\"\n", escaped(name).to_uppercase()));
        } else if !(line.starts_with('#') || line.starts_with("<!--")) || verbatim {
            page.push_str(&escaped(&line.replace('`', "")));
            page.push('\n');
        }
    }
    page.push_str(
        ".SH FILES\n.TP\n.I /etc/counterfoil/counterfoil.toml\nThe settings.\n.TP\n.I /var/lib/counterfoil\nThe data.\n.TP\n\
         .I /var/lib/counterfoil\\-keys\nThe key folder. Keep no copy of it with a copy of the data.\n.SH \"SEE ALSO\"\n\
         .I /usr/share/doc/counterfoil\n",
    );
    page
}

/// A line that roff shows as it is.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_become_sections_and_stay_as_they_are() {
        let page = page(
            "# Commands\n\n<!-- made -->\n\nA `word`.\n\n## counterfoil x\n\n```text\n.a -b \\c\n```\n",
            "1",
            "2026-11-26",
        );
        assert!(page.contains("\nA word.\n"));
        assert!(
            page.contains("\n.SH \"COUNTERFOIL X\"\n\n.nf\n\\&.a \\-b \\ec\n.fi\n"),
            "{page}"
        );
        assert!(!page.contains("made"));
    }
}
