//! A proxy in front of a server: it can cut connections, hold what is sent, and delay it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the proxy does with connections and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Passes everything on.
    Working,
    /// Passes everything on, each piece this much later.
    Delaying(Duration),
    /// Loses the beginning of each piece that the server sends.
    Dropping,
    /// Changes the beginning of each piece that the server sends.
    Garbling,
    /// Ends every connection and accepts no other.
    Cut,
    /// Holds everything, and keeps every connection.
    Stalled,
    /// Holds what the server sends only: requests arrive, answers do not.
    AnswersStalled,
}

/// A proxy; it ends with this value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Starts one in front of this port.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub async fn start(to: u16) -> Self {
        Proxy::start_at((Ipv4Addr::LOCALHOST, 0).into(), to).await
    }

    /// Starts one at this address.
    ///
    /// # Panics
    ///
    /// When the address is taken.
    pub async fn start_at(address: SocketAddr, to: u16) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let mode = watch::Sender::new(Mode::Working);
        let accepting = tokio::spawn(accept(listener, to, mode.clone()));
        Proxy {
            address,
            mode,
            accepting,
        }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address of what is behind it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Changes what it does, at once and for every connection.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.mode.send_replace(Mode::Cut);
    }
}

async fn accept(listener: TcpListener, to: u16, mode: watch::Sender<Mode>) {
    while let Ok((client, _)) = listener.accept().await {
        if *mode.borrow() == Mode::Cut {
            continue;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await else {
            continue;
        };
        let _ = client.set_nodelay(true);
        let _ = server.set_nodelay(true);
        let mut cut = mode.subscribe();
        let (client, server) = (client.into_split(), server.into_split());
        let requests = pump(client.0, server.1, mode.subscribe(), false);
        let answers = pump(server.0, client.1, mode.subscribe(), true);
        tokio::spawn(async move {
            tokio::select! {
                () = requests => {}
                () = answers => {}
                _ = cut.wait_for(|mode| *mode == Mode::Cut) => {}
            }
        });
    }
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut mode: watch::Receiver<Mode>,
    are_answers: bool,
) {
    let holds =
        |mode: &Mode| *mode == Mode::Stalled || (*mode == Mode::AnswersStalled && are_answers);
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let Ok(now) = mode.wait_for(|mode| !holds(mode)).await.map(|mode| *mode) else {
            return;
        };
        let mut piece = &mut buffer[..length];
        match now {
            Mode::Delaying(delay) => tokio::time::sleep(delay).await,
            Mode::Dropping if are_answers => piece = &mut piece[length.min(3)..],
            Mode::Garbling if are_answers => piece[0] ^= 0x7f,
            _ => {}
        }
        if to.write_all(piece).await.is_err() {
            return;
        }
    }
}
