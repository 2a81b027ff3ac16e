//! The upstream: an HTTP service that reads a file for every request, and counts them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};

use crate::folder::{CAMPAIGNS, Folder};
use crate::http;

/// What a request to a service in the same data centre may well take.
pub(crate) const LATENCY: Duration = Duration::from_millis(20);

/// A running service; clones are handles to the same one.
#[derive(Clone)]
pub(crate) struct Service {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    folder: PathBuf,
    requests: AtomicU64,
    broken: AtomicBool,
}

impl Service {
    /// Starts serving the folder on a free port of loopback.
    pub(crate) async fn start(folder: &Folder) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            folder: folder.path().to_owned(),
            requests: AtomicU64::new(0),
            broken: AtomicBool::new(false),
        });
        tokio::spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { address, state })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Requests answered so far, counted here and not by the cache.
    pub(crate) fn requests(&self) -> u64 {
        self.state.requests.load(Ordering::Relaxed)
    }

    /// Answers 503 from now on, or no longer.
    pub(crate) fn set_broken(&self, broken: bool) {
        self.state.broken.store(broken, Ordering::Relaxed);
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            // The client sees a broken connection itself: nothing is left to do here.
            let _ = serve(stream, &state).await;
        });
    }
}

async fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let path = http::read_request(&mut stream).await?;
    state.requests.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(LATENCY).await;
    if state.broken.load(Ordering::Relaxed) {
        return http::respond(&mut stream, "503 Service Unavailable", b"").await;
    }
    match answer(&path, state).await {
        Some(body) => http::respond(&mut stream, "200 OK", &body).await,
        None => http::respond(&mut stream, "404 Not Found", b"").await,
    }
}

async fn answer(path: &str, state: &State) -> Option<Vec<u8>> {
    if path == "/campaigns" {
        let ids: Vec<u32> = (0..CAMPAIGNS).collect();
        return serde_json::to_vec(&ids).ok();
    }
    let id: u32 = path.strip_prefix("/campaigns/")?.parse().ok()?;
    tokio::fs::read(state.folder.join(format!("{id}.json")))
        .await
        .ok()
}
