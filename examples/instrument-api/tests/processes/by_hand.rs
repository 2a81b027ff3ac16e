//! What a person sees with `redis-cli` while the service runs, as the README says.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::json;

use crate::program::{get, put};
use crate::shared::{Fleet, record};

/// `redis-cli MONITOR`
struct Monitor {
    child: Child,
    lines: Receiver<String>,
}

impl Monitor {
    fn start(port: u16) -> Self {
        let mut child = Command::new("redis-cli")
            .args(["-p", &port.to_string(), "MONITOR"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("redis-cli, which comes with redis-server");
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let monitor = Self { child, lines };
        let first = monitor.lines.recv_timeout(Duration::from_secs(5));
        assert_eq!(first.as_deref(), Ok("OK"));
        monitor
    }

    /// The commands about a key since the last look, by name. Scripts' own commands are not of interest.
    async fn commands(&self, key: &str) -> Vec<String> {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let lines: Vec<String> = self.lines.try_iter().collect();
        let outside = lines.iter().filter(|line| !line.contains(" lua]"));
        outside
            .filter(|line| line.contains(&format!("\"{key}\"")))
            .map(|line| line.split('"').nth(1).unwrap_or_default().to_uppercase())
            .collect()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// F-B24.
#[tokio::test]
async fn f_b24_redis_cli_shows_one_fill_then_reads_then_an_invalidation() {
    let fleet = Fleet::over_file().await;
    let service = fleet.replica(&[]).await;
    let monitor = Monitor::start(fleet.redis.server.port());
    let key = record("live_data:script", "LOQ");
    let path = "/live-data/LOQ/script";

    get(&service, path).await;
    let first = monitor.commands(&key).await;
    assert!(first.contains(&"GET".to_owned()), "{first:?}");
    assert!(
        first.contains(&"EVALSHA".to_owned()) || first.contains(&"EVAL".to_owned()),
        "{first:?}"
    );
    get(&service, path).await;
    assert_eq!(monitor.commands(&key).await, ["GET"]);
    get(&service, path).await;
    assert_eq!(monitor.commands(&key).await, [""; 0], "in memory");

    let text: String = fleet.redis.command(&["GET", &key]).await;
    assert!(text.ends_with("\n{\"script\":\"reduce(LOQ)\"}"), "{text}");
    let left: i64 = fleet.redis.command(&["TTL", &key]).await;
    assert!((50..=60).contains(&left), "{left}");

    put(&service, path, json!({ "value": "new" })).await;
    assert!(!monitor.commands(&key).await.is_empty());
    assert_eq!(fleet.redis.command::<u32>(&["EXISTS", &key]).await, 0);
}

/// F-B24: a key without arguments has no trailing colon.
#[tokio::test]
async fn f_b24_keys_shows_the_record_of_each_reader() {
    let fleet = Fleet::over_file().await;
    let service = fleet.replica(&[]).await;
    for path in [
        "/live-data/instruments",
        "/live-data/loq/script",
        "/instrument/loq/specification",
        "/instrument/loq/latest-run",
    ] {
        get(&service, path).await;
    }
    let mut keys: Vec<String> = fleet.redis.command(&["KEYS", "fia_api:r:*"]).await;
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "fia_api:r:instrument%3Alatest_run:LOQ",
            "fia_api:r:instrument%3Aspec:LOQ",
            "fia_api:r:live_data%3Ainstruments",
            "fia_api:r:live_data%3Ascript:LOQ",
        ]
    );
    for (key, ttl) in keys.iter().zip([15, 120, 120, 60]) {
        let left: i64 = fleet.redis.command(&["TTL", key]).await;
        assert!((ttl - 5..=ttl).contains(&left), "{key}: {left}");
    }
}
