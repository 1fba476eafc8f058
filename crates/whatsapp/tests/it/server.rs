//! A server on this machine that takes one request per connection and answers by a script.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use counterfoil_whatsapp::client::{AccessToken, Client, ClientOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the server does with the next request.
pub(crate) enum Reply {
    /// Answers.
    Answer(u16, String),
    /// Answers with a further header line.
    With(u16, String, String),
    /// Takes the request and never answers.
    Silence,
    /// Takes the request and breaks the connection off.
    Reset,
    /// Promises a longer answer than it gives.
    Half(u16, String),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut held = Vec::new();
            for reply in replies {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                seen.lock().unwrap().push(request);
                let (status, header, body, promised) = match reply {
                    Reply::Answer(status, body) => (status, String::new(), body.clone(), body.len()),
                    Reply::With(status, header, body) => (status, format!("{header}\r\n"), body.clone(), body.len()),
                    Reply::Half(status, body) => (status, String::new(), body.clone(), body.len() + 100),
                    Reply::Reset => continue,
                    Reply::Silence => {
                        held.push(stream);
                        continue;
                    }
                };
                let head =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {promised}\r\nconnection: close\r\n{header}\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
                stream.write_all(body.as_bytes()).await.unwrap();
            }
        });
        Self { address, requests }
    }

    pub(crate) fn options(&self) -> ClientOptions {
        options(self.address)
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.options()).unwrap()
    }

    /// The requests taken so far, head and body as text.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) fn options(address: SocketAddr) -> ClientOptions {
    let base = Url::parse(&format!("http://{address}")).unwrap();
    let mut options = ClientOptions::new(base, "v25.0", AccessToken::new("invented-token"));
    options.http = options.http.no_proxy();
    options
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, length)| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        assert!(count > 0, "the request ended too early");
    }
}
