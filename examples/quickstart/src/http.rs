//! As much HTTP/1.1 as the example needs: one request a connection, on loopback.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::{error, fmt};

use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Why an answer could not be had. `Clone`, so that everyone who waited for one request gets it.
#[derive(Clone, Debug)]
pub(crate) enum HttpError {
    Connection(Arc<io::Error>),
    Status(u16),
    Json(Arc<serde_json::Error>),
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(error) => write!(f, "the service cannot be reached: {error}"),
            Self::Status(status) => write!(f, "the service answered {status}"),
            Self::Json(error) => write!(f, "the answer is not what was expected: {error}"),
        }
    }
}

impl error::Error for HttpError {}

impl From<io::Error> for HttpError {
    fn from(error: io::Error) -> Self {
        Self::Connection(Arc::new(error))
    }
}

/// GET a JSON document.
pub(crate) async fn get_json<T: DeserializeOwned>(
    address: SocketAddr,
    path: &str,
) -> Result<Arc<T>, HttpError> {
    let mut stream = BufReader::new(TcpStream::connect(address).await?);
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let status = read_head(&mut stream).await?;
    let status = status
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    let mut body = Vec::new();
    stream.read_to_end(&mut body).await?;
    match status {
        200 => serde_json::from_slice(&body)
            .map(Arc::new)
            .map_err(|error| HttpError::Json(Arc::new(error))),
        status => Err(HttpError::Status(status)),
    }
}

/// Reads a request and returns its path.
pub(crate) async fn read_request(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let line = read_head(stream).await?;
    Ok(line.split(' ').nth(1).unwrap_or("/").to_owned())
}

/// Answers a request and closes the connection.
pub(crate) async fn respond(
    stream: &mut BufReader<TcpStream>,
    status: &str,
    body: &[u8],
) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.shutdown().await
}

/// Reads up to the empty line that ends the headers; returns the first line.
async fn read_head(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > "\r\n".len() {
        line.clear();
    }
    Ok(first)
}
