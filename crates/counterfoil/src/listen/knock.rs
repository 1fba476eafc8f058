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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn some_hundred_who_knock_at_once_need_not_knock_twice() {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        // Nobody is let in yet; the kernel answers as many as may wait, and the others only after a second or more.
        let knocking = (0..300).map(|_| TcpStream::connect(address));
        let connected = futures_util::future::try_join_all(knocking).await.unwrap();
        assert_eq!(connected.len(), 300);
    }
}
