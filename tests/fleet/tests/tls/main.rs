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

/// A certificate for `localhost` that signs itself, its key, and another one.
struct Certificates(tempfile::TempDir);

impl Certificates {
    fn new() -> Self {
        let made = Certificates(tempfile::tempdir().unwrap());
        let names = || vec!["localhost".to_owned()];
        let own = rcgen::generate_simple_self_signed(names()).unwrap();
        let other = rcgen::generate_simple_self_signed(names()).unwrap();
        std::fs::write(made.path("cert.pem"), own.cert.pem()).unwrap();
        std::fs::write(made.path("key.pem"), own.signing_key.serialize_pem()).unwrap();
        std::fs::write(made.path("other.pem"), other.cert.pem()).unwrap();
        made
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// A server that has the certificate, and its TLS port.
    fn server(&self, more: &[&str]) -> (Server, String) {
        let port = free_port().to_string();
        let (cert, key) = (self.path("cert.pem"), self.path("key.pem"));
        let mut args = vec!["--tls-port", &port, "--tls-auth-clients", "no"];
        args.extend(["--tls-cert-file", &cert, "--tls-key-file", &key]);
        args.extend(more);
        (Server::start_with(Kind::Redis, &args), port)
    }
}

#[test]
fn a_server_over_tls_is_used_by_those_who_trust_it() {
    let certificates = Certificates::new();
    let (_server, port) = certificates.server(&[]);
    let url = format!("rediss://localhost:{port}");
    let line = first_line(&url, Path::new(&certificates.path("cert.pem")));
    assert_eq!(line.as_deref(), Some("held"));
    let line = first_line(&url, Path::new(&certificates.path("other.pem")));
    assert_eq!(line, None);
}

#[test]
fn a_cluster_over_tls_is_used_by_the_name_of_its_certificate() {
    let certificates = Certificates::new();
    let bus = free_port().to_string();
    let trusted = certificates.path("cert.pem");
    let mut args = vec!["--cluster-enabled", "yes", "--cluster-port", &bus];
    args.extend(["--tls-cluster", "yes", "--tls-ca-cert-file", &trusted]);
    let (server, port) = certificates.server(&args);
    let added = Command::new("redis-cli")
        .args(["-p", &server.port().to_string()])
        .args(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"])
        .stdout(Stdio::null())
        .status();
    assert!(added.unwrap().success());
    let url = format!("rediss+cluster://localhost:{port}");
    let line = first_line(&url, Path::new(&trusted));
    assert_eq!(line.as_deref(), Some("held"));
}
