//! What the behaviours have in common.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_attr_runtime::tier::{
    Change, ChangeListener, Fill, Filled, Found, Generation, LeaseReply, LeaseRequest, LookUp,
    Lookup, MapVersion, Record, RecordKey, Tag, Tier, Token,
};

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) const KEY: RecordKey<'static> = RecordKey {
    name: "script",
    key: "LOQ",
};

pub(crate) const OTHER: RecordKey<'static> = RecordKey {
    name: "script",
    key: "MARI",
};

/// The lookup of a key by a caller who can decode "json-1".
pub(crate) const fn lookup(key: RecordKey<'static>) -> Lookup<'static> {
    Lookup {
        key,
        fingerprint: "json-1",
        tags: &[],
    }
}

/// A caller who waits for others and takes what is fresh.
pub(crate) const PATIENT: LookUp = LookUp {
    lease: SECOND,
    wait: Duration::from_secs(5),
    serve_stale: false,
    max_age: Duration::MAX,
};

pub(crate) const fn request(token: Token, length: Duration) -> LeaseRequest {
    LeaseRequest {
        token,
        length,
        declined: None,
    }
}

/// Takes the lease of a key, which must be free.
pub(crate) async fn take_lease(
    tier: &Arc<dyn Tier>,
    key: RecordKey<'static>,
) -> (Token, MapVersion) {
    let token = Token::new();
    match tier.lease(lookup(key), request(token, SECOND)).await {
        Ok(LeaseReply::Granted { version, .. }) => (token, version),
        other => panic!("no lease: {other:?}"),
    }
}

/// The fill of a load under this lease, fresh for a minute.
pub(crate) fn fill_of<'a>(
    key: RecordKey<'static>,
    (token, version): (Token, MapVersion),
    payload: &'a [u8],
) -> Fill<'a> {
    Fill {
        key,
        token,
        payload,
        fingerprint: "json-1",
        life: MINUTE,
        stale: Duration::ZERO,
        version,
        tags: &[],
    }
}

/// Loads a key: lease and fill.
pub(crate) async fn load(tier: &Arc<dyn Tier>, key: RecordKey<'static>, payload: &str) {
    let lease = take_lease(tier, key).await;
    assert_eq!(
        tier.fill(fill_of(key, lease, payload.as_bytes()))
            .await
            .ok(),
        Some(Filled::Stored)
    );
}

/// The same with tags.
pub(crate) async fn load_tagged(
    tier: &Arc<dyn Tier>,
    key: RecordKey<'static>,
    payload: &str,
    tags: &[&str],
) {
    let lease = take_lease(tier, key).await;
    let tags: Vec<_> = tags.iter().map(|&tag| tag.to_owned()).collect();
    let fill = Fill {
        tags: &tags,
        ..fill_of(key, lease, payload.as_bytes())
    };
    assert_eq!(tier.fill(fill).await.ok(), Some(Filled::Stored));
}

/// Loads a record that is stale from now on, and stays so for a while.
pub(crate) async fn load_stale(
    tier: &Arc<dyn Tier>,
    key: RecordKey<'static>,
    payload: &str,
    stale: Duration,
) {
    let lease = take_lease(tier, key).await;
    let fill = Fill {
        life: ms(60),
        stale,
        ..fill_of(key, lease, payload.as_bytes())
    };
    assert_eq!(tier.fill(fill).await.ok(), Some(Filled::Stored));
    tokio::time::sleep(ms(70)).await;
}

pub(crate) async fn found(tier: &Arc<dyn Tier>, key: RecordKey<'static>) -> Found {
    tier.read(lookup(key)).await.expect("a reading").found
}

/// The record under a key, fresh or stale.
pub(crate) async fn record(tier: &Arc<dyn Tier>, key: RecordKey<'static>) -> Option<Record> {
    match found(tier, key).await {
        Found::Record(record) => Some(record),
        _ => None,
    }
}

/// The payload under a key.
pub(crate) async fn text(tier: &Arc<dyn Tier>, key: RecordKey<'static>) -> Option<String> {
    let record = record(tier, key).await?;
    Some(String::from_utf8(record.payload).expect("UTF-8"))
}

/// Waits until something is so; pushes and background work need a moment.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..300 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(ms(10)).await;
    }
    panic!("not within three seconds: {what}");
}

/// The generation of copies, once they are trusted: on a busy machine a heartbeat may be late.
pub(crate) async fn trusted(tier: &Arc<dyn Tier>) -> Generation {
    for _ in 0..300 {
        if let Some(generation) = tier.trust().generation() {
            return generation;
        }
        tokio::time::sleep(ms(10)).await;
    }
    panic!("not within three seconds: copies are trusted");
}

/// Writes changes down.
#[derive(Default)]
pub(crate) struct Log(Mutex<Vec<String>>);

impl Log {
    /// A log of this tier's changes from now on.
    pub(crate) fn of(tier: &Arc<dyn Tier>) -> Arc<Log> {
        let log = Arc::new(Log::default());
        tier.changes().listen(Arc::clone(&log) as _);
        log
    }

    pub(crate) fn has(&self, entry: &str) -> bool {
        self.0.lock().unwrap().iter().any(|line| line == entry)
    }

    pub(crate) async fn wait_for(&self, entry: &str) {
        eventually(entry, async || self.has(entry)).await;
    }
}

impl ChangeListener for Log {
    fn changed(&self, change: Change<'_>) {
        let line = match change {
            Change::Key(key) => format!("key {} {}", key.name, key.key),
            Change::Tag(Tag(tag), seq) => format!("tag {tag} {seq}"),
            Change::Function(name, seq) => format!("function {name} {seq}"),
            Change::Everything => "everything".to_owned(),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(line);
    }
}
