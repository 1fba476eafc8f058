//! What the doors are told when they are built. The binary reads it from its configuration; nothing here reads files.

use crate::words::Language;
use std::net::IpAddr;
use std::str::FromStr;

/// How this installation is reached and what its pages may do.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Where browsers reach the public listener: scheme, host and port, such as `https://chat.example.org`.
    pub public_url: url::Url,
    /// The proxies in front of it; only they are believed about a browser's address.
    pub trusted_proxies: Vec<Network>,
    /// Whether cookies are sent over TLS only. Off only on loopback.
    pub secure_cookies: bool,
    /// The origin that may show pages in a frame. For the demo; `None` forbids framing.
    pub frame_ancestors: Option<String>,
    /// The language of those whose browser asks for none that we have.
    pub language: Language,
}

/// A block of addresses: one address, or all that share its first `prefix` bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A text is neither an address nor `address/bits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is neither an address nor a block such as 10.0.0.0/8")]
pub struct NetworkError;

impl Network {
    /// Whether `address` lies in the block. An IPv4 address written as IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(block), IpAddr::V4(one)) => {
                let shift = 32 - u32::from(self.prefix.min(32));
                block.to_bits().checked_shr(shift) == one.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(block), IpAddr::V6(one)) => {
                let shift = 128 - u32::from(self.prefix.min(128));
                block.to_bits().checked_shr(shift) == one.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address = address.parse::<IpAddr>().map_err(|_| NetworkError)?.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = bits.map_or(Ok(most), |bits| bits.parse::<u8>().map_err(|_| NetworkError))?;
        if prefix > most {
            return Err(NetworkError);
        }
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_what_shares_its_first_bits() {
        for (block, address, inside) in [
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "fe80::1", true),
        ] {
            let network: Network = block.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{block} {address}");
        }
        for bad in ["", "10.0.0.0/33", "fd00::/129", "here", "10.0.0.0/x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
