//! Settings that each can be used and do not go together: no mistake that keeps the server from starting, and still not what anybody wants.

use super::findings::Findings;
use crate::config::Settings;
use std::path::Path;

/// Looks at settings that were read without a mistake.
pub(super) fn look(path: &Path, settings: &Settings, findings: &mut Findings) {
    let doubts = doubts(settings);
    if doubts.is_empty() {
        findings.well("settings", format!("{} can be used", path.display()));
    }
    for doubt in doubts {
        findings.doubtful("settings", doubt);
    }
}

fn doubts(settings: &Settings) -> Vec<&'static str> {
    let server = &settings.server;
    let (encrypted, secure) = (server.tls.is_some(), server.url.scheme() == "https");
    let named = settings.values.text("server", "url").is_some();
    [
        (
            encrypted && !secure,
            "server.url says http, but with its TLS files this server speaks https alone: links in invitations lead nowhere",
        ),
        (
            !encrypted && secure && server.behind_proxy.is_empty(),
            "server.url says https, and neither TLS files nor a proxy are named: if a proxy on this machine ends TLS, name it in \
             server.behind_proxy, or every browser seems to come from it and all share one limit of log-ins",
        ),
        (
            !named && server.address.ip().is_unspecified(),
            "server.url is not set, and server.address is no address that anybody can type: links in invitations lead nowhere",
        ),
        (
            settings.admin.address == server.address,
            "admin.address is server.address: only one of the two can listen there",
        ),
    ]
    .into_iter()
    .filter_map(|(is_so, doubt)| is_so.then_some(doubt))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_go_together_is_said() {
        let files = "tls_certificate_file = \"c\"\ntls_key_file = \"k\"\n";
        let proxy = "behind_proxy = [\"127.0.0.1\"]\n";
        for (text, count) in [
            ("", 0),
            ("url = \"https://chat.example.org\"\n", 1),
            (&format!("url = \"https://chat.example.org\"\n{proxy}"), 0),
            (&format!("url = \"https://chat.example.org\"\n{files}"), 0),
            (&format!("url = \"http://localhost:80\"\n{files}"), 1),
            (&format!("address = \"0.0.0.0:443\"\n{files}"), 1),
            ("address = \"127.0.0.1:8081\"\n", 1),
        ] {
            let settings = Settings::from_text(Path::new("/etc/c.toml"), &format!("[server]\n{text}")).unwrap();
            assert_eq!(doubts(&settings).len(), count, "{text}: {:?}", doubts(&settings));
        }
    }
}
