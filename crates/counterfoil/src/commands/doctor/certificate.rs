//! The certificate as the provider sees it: what the public address really presents, and beside that what lies in the files.

use super::findings::Findings;
use super::presented::{Chain, Judge, NotPresented, Verdict, presented};
use crate::config::Settings;
use crate::config::server::{Server, TlsFiles};
use crate::listen::reachable;
use crate::listen::tls;
use crate::system::System;
use crate::telemetry::chain as told;
use counterfoil_model::Timestamp;
use rustls::pki_types::ServerName;
use std::net::IpAddr;
use std::time::Duration;
use url::Host;

const PUBLIC: &str = "public address";
const CERTIFICATE: &str = "certificate";
const FILES: &str = "certificate files";

/// How long the name may take to be found.
const PATIENCE: Duration = Duration::from_secs(5);
/// With so many days left, renewal has failed and nobody noticed.
const SOON_DAYS: u64 = 21;
/// With so many days left, somebody must act now.
const NOW_DAYS: u64 = 3;

/// Looks at what is presented, and at the files.
pub(super) async fn look(settings: &Settings, system: &System, findings: &mut Findings) {
    let server = &settings.server;
    if server.tls.is_none() && server.url.scheme() == "http" {
        return findings.well(CERTIFICATE, "none needed: plain HTTP on loopback alone");
    }
    let Some(name) = name_of(server) else {
        return findings.broken(CERTIFICATE, "server.url has no name that a certificate could be for");
    };
    let judge = match Judge::of_this_machine() {
        Ok(judge) => judge,
        Err(why) => {
            findings.unseen(CERTIFICATE, format!("not looked at: {why}"));
            return;
        }
    };
    let now = system.clock.wall();
    let found = match from_outside(server, &name, system, findings).await {
        Some(chain) => Some((
            chain,
            format!("what {} presents", server.url.origin().ascii_serialization()),
        )),
        None => at_the_listener(server, &name, system, findings).await,
    };
    if let Some((chain, whose)) = &found {
        say(CERTIFICATE, whose, &judge.judge(chain, &name, now), now, findings);
    }
    if let Some(files) = &server.tls {
        let of_files = (files, &judge, &name, now);
        in_the_files(of_files, found.as_ref().map(|(chain, _)| chain), findings);
    }
}

fn name_of(server: &Server) -> Option<ServerName<'static>> {
    match server.url.host()? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).ok(),
        Host::Ipv4(address) => Some(ServerName::from(IpAddr::V4(address))),
        Host::Ipv6(address) => Some(ServerName::from(IpAddr::V6(address))),
    }
}

/// What the public address presents to whoever comes from here. `None` when it cannot be reached from here; that is said.
async fn from_outside(
    server: &Server,
    name: &ServerName<'static>,
    system: &System,
    findings: &mut Findings,
) -> Option<Chain> {
    let (host, port) = (server.url.host_str()?, server.url.port_or_known_default()?);
    let wanted = format!("{host}:{port}");
    let addresses = tokio::select! {
        found = tokio::net::lookup_host(&wanted) => found.map(Iterator::collect::<Vec<_>>).map_err(|error| error.to_string()),
        () = system.clock.sleep(PATIENCE) => Err("no name server answered in time".to_owned()),
    };
    let why = match addresses {
        Err(why) => format!("the name is not found: {why}"),
        Ok(addresses) => {
            let mut last = "the name has no address".to_owned();
            for address in addresses {
                match presented(address, name.clone(), system.clock.as_ref()).await {
                    Ok(chain) => {
                        findings.well(
                            PUBLIC,
                            format!("{wanted} can be reached from here, at {}", address.ip()),
                        );
                        return Some(chain);
                    }
                    Err(error @ NotPresented::Unshaken(_)) => {
                        findings.broken(PUBLIC, format!("{wanted}, at {}: {error}", address.ip()));
                        return None;
                    }
                    Err(error) => last = format!("{}: {error}", address.ip()),
                }
            }
            last
        }
    };
    findings.doubtful(
        PUBLIC,
        format!(
            "{wanted} cannot be reached from here ({why}); where a network leads no machine to its own public address that is no \
             fault, else the provider cannot reach it either"
        ),
    );
    None
}

/// What the listener presents, when nothing that stands before it could be looked at.
async fn at_the_listener(
    server: &Server,
    name: &ServerName<'static>,
    system: &System,
    findings: &mut Findings,
) -> Option<(Chain, String)> {
    if server.tls.is_none() {
        findings.unseen(
            CERTIFICATE,
            "not looked at: what ends TLS in front of this server presented none to whoever comes from here",
        );
        return None;
    }
    let address = reachable(server.address);
    match presented(address, name.clone(), system.clock.as_ref()).await {
        Ok(chain) => Some((chain, format!("what the listener at {address} presents"))),
        Err(error) => {
            findings.unseen(
                CERTIFICATE,
                format!("not looked at: nothing is presented at {address} ({error})"),
            );
            None
        }
    }
}

type OfFiles<'a> = (&'a TlsFiles, &'a Judge, &'a ServerName<'static>, Timestamp);

fn in_the_files((files, judge, name, now): OfFiles<'_>, presented: Option<&Chain>, findings: &mut Findings) {
    let chain = match tls::read(files).and_then(|_| tls::chain(files)) {
        Ok(chain) => chain,
        Err(error) => return findings.broken(FILES, told(&error)),
    };
    match presented {
        Some(presented) if presented.first() == chain.first() => {
            findings.well(FILES, "they hold the certificate that is presented, and its key");
        }
        Some(_) => findings.doubtful(
            FILES,
            "they hold another certificate than the one that is presented: if they are newer, send SIGHUP to the server",
        ),
        None => say(FILES, "what the files hold", &judge.judge(&chain, name, now), now, findings),
    }
}

fn say(what: &'static str, whose: &str, verdict: &Verdict, now: Timestamp, findings: &mut Findings) {
    match verdict {
        Verdict::Holds { until, cut_short } => {
            let days = until.since(now).as_secs() / 86_400;
            let above = if *cut_short { " (one above it in the chain ends then)" } else { "" };
            let said = format!(
                "{whose} is for this name, leads to an authority that this machine knows, and holds until {}{above}: {days} days",
                until.rfc3339()
            );
            if days < NOW_DAYS {
                findings.broken(what, format!("{said}; renew it now"));
            } else if days < SOON_DAYS {
                findings.doubtful(what, format!("{said}; look why it was not renewed"));
            } else {
                findings.well(what, said);
            }
        }
        Verdict::RanOut(at) => findings.broken(
            what,
            format!("{whose} ran out at {}: the provider refuses it, renew it now", at.rfc3339()),
        ),
        Verdict::NotYet(from) => findings.broken(
            what,
            format!("{whose} does not hold before {}: use the earlier one, or set the clock right", from.rfc3339()),
        ),
        Verdict::OtherNames(names) => findings.broken(
            what,
            format!("{whose} is for {}, not for the name in server.url", names.join(", ")),
        ),
        Verdict::NoAuthority => findings.broken(
            what,
            format!(
                "{whose} leads to no authority that this machine knows: certificates of the chain are missing behind the server's \
                 own, or it is not from a public authority. The provider takes neither"
            ),
        ),
        Verdict::Wrong(why) => findings.broken(what, format!("{whose} cannot be believed: {why}")),
    }
}
