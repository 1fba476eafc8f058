//! Ports for servers that must be told their address before they start.
//!
//! It stands beside the way of a message. It never asks the system for any port: what the system hands out it hands out again a
//! moment later, to another test's server or as the near end of some connection, and then ours cannot start.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;
use std::sync::Mutex;

use anyhow::{Context, Result};

/// Below what Linux hands out by itself (`ip_local_port_range`, 32,768 and up unless changed), above what is commonly served.
const OURS: Range<u16> = 12_000..32_000;

/// What keeps a port ours among tests, each of which is a process of its own: the datagram port of that number, which nothing
/// else here uses, held until the process ends. A server may so stop and start again at its address.
static CLAIMS: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// A port on loopback that no other test will be given while this process lives.
///
/// # Errors
/// When the machine has none left.
pub fn free_port() -> Result<u16> {
    let mut claims = CLAIMS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // Tests that start together begin to look at different places.
    let first = std::process::id() as usize * 101 % OURS.len();
    let (port, claim) =
        (OURS.cycle().skip(first).take(OURS.len()).find_map(claimed)).context("every port for tests is taken")?;
    claims.push(claim);
    Ok(port)
}

/// This port with what keeps it ours, unless it is another's or something listens there.
fn claimed(port: u16) -> Option<(u16, UdpSocket)> {
    let claim = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some((port, claim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_once_and_can_be_listened_on_again_and_again() {
        let (one, other) = (free_port().unwrap(), free_port().unwrap());
        assert_ne!(one, other);
        for _ in 0..2 {
            TcpListener::bind((Ipv4Addr::LOCALHOST, one)).unwrap();
        }
        assert!(claimed(one).is_none(), "another process would be given it too");
    }
}
