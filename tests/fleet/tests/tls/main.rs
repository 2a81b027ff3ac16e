//! A server that speaks TLS only to those who trust its certificate.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cached_attr_fleet::server::{Kind, Server, free_port};

/// The first line of a replica that takes a lease there, if there is one within five seconds.
fn first_line(url: &str, trusted: &Path) -> Option<String> {
    let mut replica = Command::new(env!("CARGO_BIN_EXE_replica"))
        .args(["hold", url])
        .env("SSL_CERT_FILE", trusted)
        .env_remove("SSL_CERT_DIR")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(replica.stdout.take().unwrap());
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(stdout.lines().next()));
    let line = lines.recv_timeout(Duration::from_secs(5));
    replica.kill().unwrap();
    replica.wait().unwrap();
    line.ok().flatten().and_then(Result::ok)
}

#[test]
fn a_server_over_tls_is_used_by_those_who_trust_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(path("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(path("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(path("other.pem"), other.cert.pem()).unwrap();
    let port = free_port().to_string();
    let certificate = [
        "--tls-cert-file",
        &path("cert.pem"),
        "--tls-key-file",
        &path("key.pem"),
    ];
    let mut args = vec!["--tls-port", &port, "--tls-auth-clients", "no"];
    args.extend(certificate);
    let _server = Server::start_with(Kind::Redis, &args);
    let url = format!("rediss://localhost:{port}");
    let line = first_line(&url, Path::new(&path("cert.pem")));
    assert_eq!(line.as_deref(), Some("held"));
    assert_eq!(first_line(&url, Path::new(&path("other.pem"))), None);
}
