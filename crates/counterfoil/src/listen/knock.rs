//! Binding an address so that nobody who knocks has to knock twice.

use std::io::Error;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpSocket};

/// How many may have knocked and not been let in yet. Whoever is beyond that hears nothing and knocks again a second later, which a provider that
/// opens some hundred connections at once would do with the usual 128. The kernel takes less where it is set to less.
const KNOCKED_MOST: u32 = 4_096;

/// Binds `address`, also one that was in use until a moment ago.
///
/// # Errors
/// What the operating system said.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(KNOCKED_MOST)
}
