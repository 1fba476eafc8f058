//! A line to the provider that can be cut while somebody speaks.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A forwarding line.
pub(super) struct Line {
    url: String,
    calls: Arc<Mutex<JoinSet<()>>>,
    answering: tokio::task::JoinHandle<()>,
}

impl Line {
    /// To the provider at `url`.
    pub(super) async fn to(url: &str) -> Self {
        let far: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
        let near = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", near.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(JoinSet::new()));
        let taken = calls.clone();
        let answering = tokio::spawn(async move {
            while let Ok((mut caller, _)) = near.accept().await {
                taken.lock().unwrap().spawn(async move {
                    if let Ok(mut called) = TcpStream::connect(far).await {
                        // A call ends when either side hangs up.
                        let _ = copy_bidirectional(&mut caller, &mut called).await;
                    }
                });
            }
        });
        Self { url, calls, answering }
    }

    /// Its near end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Cuts every call that is under way; new ones go through.
    pub(super) fn cut(&self) {
        self.calls.lock().unwrap().abort_all();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.answering.abort();
    }
}
