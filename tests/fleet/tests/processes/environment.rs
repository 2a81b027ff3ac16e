//! The address in the environment.

use std::process::Command;

use cached_attr_fleet::server::{Kind, Server};

/// What a replica says with this environment.
fn said(variables: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_replica"))
        .arg("env")
        .env_remove("VALKEY_URL")
        .env_remove("REDIS_URL")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_environment_names_the_server() {
    let server = Server::start(Kind::Redis);
    let (url, away) = (server.url(), "redis://127.0.0.1:1");
    assert_eq!(said(&[]), "none");
    assert_eq!(said(&[("VALKEY_URL", ""), ("REDIS_URL", "")]), "none");
    assert_eq!(said(&[("REDIS_URL", &url)]), "up: true");
    assert_eq!(
        said(&[("VALKEY_URL", &url), ("REDIS_URL", away)]),
        "up: true"
    );
    assert_eq!(
        said(&[("VALKEY_URL", away), ("REDIS_URL", &url)]),
        "up: false"
    );
    let nonsense = said(&[("VALKEY_URL", "http://user:secret@host")]);
    assert!(nonsense.contains("not an address"), "{nonsense}");
    assert!(!nonsense.contains("secret"), "{nonsense}");
}
