//! What is logged: each change of state once, and nothing that may be private.
//!
//! Alone in its program: what other threads do decides for `tracing` whether an event is of interest.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_attr_fleet::redis::{RedisFleet, connect, until_trusted};
use cached_attr_fleet::server::{Kind, Server, free_port};
use cached_attr_runtime::tier::{Lookup, RecordKey, Target, Tier as _};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const LOOKUP: Lookup<'static> = Lookup {
    key: RecordKey {
        name: "script",
        key: "LOQ",
    },
    fingerprint: "json-1",
    tags: &[],
};

/// Writes this thread's events down.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("cached_attr")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// One test at a time, for the same reason.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test]
async fn each_change_of_state_is_logged_once_and_nothing_private_at_all() {
    let _alone = ALONE.lock().await;
    let lines = Lines::default();
    let _logging = tracing::subscriber::set_default(lines.clone());
    let mut fleet = RedisFleet::start(Kind::Redis);
    let url = format!("redis://user:password@127.0.0.1:{}", fleet.server.port());
    let user = [
        "ACL",
        "SETUSER",
        "user",
        "on",
        ">password",
        "~*",
        "&*",
        "+@all",
    ];
    let () = fleet.command(&user).await;
    let tier = connect(&url).build().unwrap();
    until_trusted(&tier).await;
    fleet.server.kill();
    while tier.is_up() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..20 {
        tier.invalidate(Target::Key(LOOKUP.key)).await;
        let _ = tier.read(LOOKUP).await;
    }
    // It comes back without that user: each attempt fails with another error than before.
    fleet.server.restart();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let () = fleet.command(&user).await;
    until_trusted(&tier).await;
    drop(tier);
    let lines = lines.all();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(
        lines[0].starts_with("INFO") && lines[0].contains("is up"),
        "{lines:#?}"
    );
    assert!(
        lines[1].starts_with("WARN") && lines[1].contains("is away"),
        "{lines:#?}"
    );
    assert!(
        lines[2].starts_with("INFO") && lines[2].contains("is up"),
        "{lines:#?}"
    );
    for private in ["password", "user", "LOQ", "127.0.0.1"] {
        assert!(!lines.concat().contains(private), "{lines:#?}");
    }
}

#[tokio::test]
async fn a_node_of_a_cluster_is_refused_with_the_address_to_write() {
    let _alone = ALONE.lock().await;
    let lines = Lines::default();
    let _logging = tracing::subscriber::set_default(lines.clone());
    let bus = free_port().to_string();
    let args = ["--cluster-enabled", "yes", "--cluster-port", &bus];
    let server = Server::start_with(Kind::Redis, &args);
    let tier = connect(&server.url()).build().unwrap();
    assert!(tier.read(LOOKUP).await.is_err());
    let lines = lines.all();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("redis+cluster://"), "{lines:#?}");
}
