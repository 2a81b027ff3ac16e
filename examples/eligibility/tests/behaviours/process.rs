//! The whole program, started with an environment of its own.

use std::net::SocketAddr;
use std::process::Stdio;

use eligibility::sample;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// The program over a folder of its own; killed when it goes out of scope.
struct Program {
    child: Child,
    address: Option<SocketAddr>,
    said: String,
    _folder: tempfile::TempDir,
}

impl Program {
    /// Starts it, and reads what it says until it listens or ends.
    async fn start(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        sample::write(folder.path()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_eligibility"))
            .arg(folder.path())
            .env_remove("CONFIG_CACHE_TTL_SECONDS")
            .env_remove("ENVIRONMENT")
            .env("PORT", "0")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut address = None;
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            said = said + &line + "\n";
            if let Some(listening) = line.strip_prefix("listening on http://") {
                address = Some(listening.parse().unwrap());
                break;
            }
        }
        if address.is_none() {
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut said)
                .await
                .unwrap();
        }
        Self {
            child,
            address,
            said,
            _folder: folder,
        }
    }

    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address.expect("the program listens"))
            .await
            .unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nNHSE-Product-ID: app\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        response
    }

    /// What `/status` says about one cache.
    async fn status(&self, cache: &str) -> serde_json::Value {
        let response = self.get("/status").await;
        let caches: Vec<serde_json::Value> =
            serde_json::from_str(response.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        caches
            .into_iter()
            .find(|entry| entry["name"].as_str().unwrap().ends_with(cache))
            .expect("the cache is listed")
    }
}

#[tokio::test]
async fn n_b2_a_ttl_of_zero_turns_the_cache_off() {
    let program = Program::start(&[("CONFIG_CACHE_TTL_SECONDS", "0")]).await;
    for _ in 0..3 {
        program.get("/eligibility?age=70").await;
    }
    let status = program.status("campaign_configs").await;
    assert_eq!(
        (&status["enabled"], &status["hits"], &status["bypassed"]),
        (&false.into(), &0.into(), &3.into())
    );
}

#[tokio::test]
async fn n_b8_the_environment_overrides_the_ttl() {
    let program = Program::start(&[("CONFIG_CACHE_TTL_SECONDS", "60")]).await;
    for _ in 0..3 {
        program.get("/eligibility?age=70").await;
    }
    let status = program.status("campaign_configs").await;
    assert_eq!(
        (&status["enabled"], &status["loads"], &status["hits"]),
        (&true.into(), &1.into(), &2.into())
    );
}

#[tokio::test]
async fn n_b8_a_ttl_that_is_none_keeps_the_service_from_starting() {
    for value in ["abc", "-1"] {
        let mut program = Program::start(&[("CONFIG_CACHE_TTL_SECONDS", value)]).await;
        assert!(program.address.is_none(), "{value:?}: {}", program.said);
        assert!(
            !program.child.wait().await.unwrap().success(),
            "{value:?}: {}",
            program.said
        );
        assert!(
            program.said.contains("CONFIG_CACHE_TTL_SECONDS"),
            "{value:?}: {}",
            program.said
        );
    }
}

#[tokio::test]
async fn n_b1_outside_a_known_environment_the_mapping_is_read_every_time() {
    let local = Program::start(&[("ENVIRONMENT", "local")]).await;
    let prod = Program::start(&[("ENVIRONMENT", "prod")]).await;
    for program in [&local, &prod] {
        program.get("/eligibility?age=70").await;
        program.get("/eligibility?age=70").await;
    }
    assert_eq!(local.status("consumer_mapping").await["bypassed"], 2);
    assert_eq!(prod.status("consumer_mapping").await["hits"], 1);
}

#[tokio::test]
async fn n_f8_at_start_the_service_says_whether_and_how_long_it_remembers_and_who_says_so() {
    let default = &[
        "campaign_configs: remembered for 30m (as the code says)",
        "consumer_mapping: never remembered (ENVIRONMENT is \"\")",
    ];
    says(&[], default).await;
    let deployed = &[
        "campaign_configs: remembered for 1m 30s (CONFIG_CACHE_TTL_SECONDS says so)",
        "consumer_mapping: remembered for 5m (ENVIRONMENT is \"prod\")",
    ];
    says(
        &[("CONFIG_CACHE_TTL_SECONDS", "90"), ("ENVIRONMENT", "prod")],
        deployed,
    )
    .await;
    let misspelt = &[
        "campaign_configs: never remembered (CONFIG_CACHE_TTL_SECONDS says so)",
        "consumer_mapping: never remembered (ENVIRONMENT is \"production\")",
    ];
    says(
        &[
            ("CONFIG_CACHE_TTL_SECONDS", "0"),
            ("ENVIRONMENT", "production"),
        ],
        misspelt,
    )
    .await;
}

async fn says(environment: &[(&str, &str)], lines: &[&str]) {
    let program = Program::start(environment).await;
    for line in lines {
        assert!(
            program.said.lines().any(|said| said == *line),
            "{line}: {}",
            program.said
        );
    }
}
