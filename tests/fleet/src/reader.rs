//! A reader that counts what it was answered from before an invalidation.
//!
//! A writer writes the source, invalidates, and writes down in the source which version was confirmed. A reader first
//! reads what was confirmed, then the value: an older value is stale.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_runtime::tier::{
    Answer, Change, ChangeListener, Generation, HeldLease, LookUp, LookedUp, Lookup, RecordKey,
    Tier, install, look_up,
};
use redis::AsyncTypedCommands as _;
use redis::aio::MultiplexedConnection;
use tokio::io::AsyncReadExt as _;

use crate::redis::{connect, until_trusted};

/// The key that is read and invalidated.
pub const KEY: RecordKey<'static> = RecordKey {
    name: "counter",
    key: "1",
};

/// Whether the reader keeps copies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Every read goes to the tier.
    Nothing,
    /// Copies are served while they are trusted.
    Copies,
    /// As the calls of a `shared` function with `local_ttl = "0"` keep it.
    StrictCalls,
    /// As the calls of a `shared` function with copies do.
    Calls,
}

impl Kept {
    /// By its name on the command line.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "strict" => Kept::Nothing,
            "copies" => Kept::Copies,
            "strict-calls" => Kept::StrictCalls,
            "calls" => Kept::Calls,
            _ => return None,
        })
    }
}

/// The version in the source.
async fn version(mut source: MultiplexedConnection) -> u64 {
    let version = source.get("source").await.expect("the source");
    version.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cached(
    ttl = "1m",
    shared,
    local_ttl = "0",
    name = "counter",
    key = "1",
    handle = false,
    skip(source)
)]
async fn strict_call(source: &MultiplexedConnection) -> u64 {
    version(source.clone()).await
}

/// How long the copies of an outage are served.
pub const LOCAL_TTL: Duration = Duration::from_millis(200);

#[cached(
    ttl = "1m",
    shared,
    local_ttl = LOCAL_TTL,
    name = "counter",
    key = "1",
    handle = false,
    skip(source)
)]
async fn call(source: &MultiplexedConnection) -> u64 {
    version(source.clone()).await
}

/// Microseconds since 1970, by the clock that all processes of this machine share.
#[must_use]
pub fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| u64::try_from(now.as_micros()).unwrap_or(0))
}

/// The copy of the one key, and what was changed since.
#[derive(Default)]
struct Copy {
    kept: Mutex<Option<(Generation, u64)>>,
    /// Changes so far: what was read before one is not kept after it.
    changes: AtomicU64,
}

impl Copy {
    fn get(&self, tier: &dyn Tier) -> Option<u64> {
        let kept = *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.filter(|(generation, _)| tier.trust().holds(*generation))
            .map(|(_, value)| value)
    }

    fn keep(&self, read_at: (Option<Generation>, u64), value: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(generation), changes) = read_at
            && changes == self.changes.load(Ordering::SeqCst)
        {
            *kept = Some((generation, value));
        }
    }
}

impl ChangeListener for Copy {
    fn changed(&self, change: Change<'_>) {
        if matches!(change, Change::Key(key) if key != KEY) {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::SeqCst);
        *kept = None;
    }
}

struct Reader {
    tier: Arc<dyn Tier>,
    source: MultiplexedConnection,
    copy: Arc<Copy>,
    kept: Kept,
}

/// How old the stale ones of some reads were, in microseconds.
#[derive(Default)]
struct Ages {
    reads: usize,
    stale: Vec<u64>,
}

impl Ages {
    /// The worst of all, and the worst of the best 99 of 100 reads; a read that was not stale has no age.
    fn worst_and_p99(&mut self) -> (u64, u64) {
        self.stale.sort_unstable();
        let worst = self.stale.last().copied().unwrap_or(0);
        let p99 = self.stale.len().checked_sub(self.reads / 100 + 1);
        (worst, p99.map_or(0, |index| self.stale[index]))
    }
}

/// Reads until the standard input ends. Reads, hits in memory, answers from the tier, stale answers; the ages of the
/// stale ones in microseconds, the worst and the 99th percentile, of the reads while the tier was up and then of those
/// while it was away.
///
/// # Panics
///
/// When the source does not answer.
pub async fn read_until_stdin_ends(url: &str, source: &str, kept: Kept) -> String {
    let mut reader = Reader::new(url, source, kept).await;
    println!("ready");
    let mut ended = Box::pin(async {
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    });
    let (mut reads, mut from_memory, mut from_tier) = (0_u64, 0_u64, 0_u64);
    let (mut up, mut away) = (Ages::default(), Ages::default());
    loop {
        let (confirmed, at) = reader.confirmed().await;
        let was_up = reader.tier.is_up();
        let (value, origin) = reader.read().await;
        let ages = if was_up && reader.tier.is_up() {
            &mut up
        } else {
            &mut away
        };
        reads += 1;
        from_memory += u64::from(origin == Origin::Memory);
        from_tier += u64::from(origin == Origin::Tier);
        ages.reads += 1;
        if value < confirmed {
            ages.stale.push(reader.age(value, at).await);
        }
        let pause = tokio::time::timeout(Duration::from_micros(200), &mut ended);
        if pause.await.is_ok() {
            break;
        }
    }
    let stale = up.stale.len() + away.stale.len();
    let (up, away) = (up.worst_and_p99(), away.worst_and_p99());
    format!(
        "{reads} {from_memory} {from_tier} {stale} {} {} {} {}",
        up.0, up.1, away.0, away.1
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Memory,
    Tier,
    Source,
}

impl Reader {
    async fn new(url: &str, source: &str, kept: Kept) -> Self {
        let tier: Arc<dyn Tier> = Arc::new(connect(url).build().expect("a tier"));
        until_trusted(&*tier).await;
        let copy = Arc::new(Copy::default());
        tier.changes().listen(Arc::clone(&copy) as _);
        install(Arc::clone(&tier)).expect("the first tier");
        let client = redis::Client::open(source).expect("an address");
        let source = client.get_multiplexed_async_connection().await;
        Reader {
            tier,
            source: source.expect("the source"),
            copy,
            kept,
        }
    }

    /// The last confirmed version, and the time of the request.
    async fn confirmed(&mut self) -> (u64, u64) {
        let confirmed = self.source.get("confirmed").await.expect("the source");
        let confirmed = confirmed.and_then(|text| text.parse().ok());
        (confirmed.unwrap_or(0), now())
    }

    /// How long before `at` this version had been followed by a confirmed one.
    async fn age(&mut self, version: u64, at: u64) -> u64 {
        let next = (version + 1).to_string();
        let followed = self.source.hget("times", next).await.expect("the source");
        let followed = followed.and_then(|text| text.parse::<u64>().ok());
        at.saturating_sub(followed.unwrap_or(0))
    }

    async fn load(&mut self) -> u64 {
        version(self.source.clone()).await
    }

    async fn read(&mut self) -> (u64, Origin) {
        let (version, status) = match self.kept {
            Kept::StrictCalls => strict_call(&self.source).with_status().await,
            Kept::Calls => call(&self.source).with_status().await,
            Kept::Nothing | Kept::Copies => return self.look_up().await,
        };
        let origin = match (status.shared, status.hit) {
            (true, _) => Origin::Tier,
            (false, true) => Origin::Memory,
            (false, false) => Origin::Source,
        };
        (version, origin)
    }

    async fn look_up(&mut self) -> (u64, Origin) {
        if self.kept == Kept::Copies
            && let Some(value) = self.copy.get(&*self.tier)
        {
            return (value, Origin::Memory);
        }
        let read_at = (
            self.tier.trust().generation(),
            self.copy.changes.load(Ordering::SeqCst),
        );
        let lookup = Lookup {
            key: KEY,
            fingerprint: "json-1",
            tags: &[],
        };
        let how = LookUp {
            lease: Duration::from_secs(2),
            wait: Duration::from_millis(500),
            serve_stale: false,
            max_age: Duration::MAX,
        };
        match look_up(&self.tier, lookup, how).await {
            Ok(LookedUp::Fresh(record)) => {
                let text = String::from_utf8(record.payload).expect("UTF-8");
                let value = text.parse().expect("a number");
                self.copy.keep(read_at, value);
                (value, Origin::Tier)
            }
            Ok(LookedUp::Lead(lease, _)) => (self.lead(lease).await, Origin::Source),
            _ => (self.load().await, Origin::Source),
        }
    }

    async fn lead(&mut self, lease: HeldLease) -> u64 {
        let value = self.load().await;
        let payload = value.to_string();
        let answer = Answer {
            payload: payload.as_bytes(),
            fingerprint: "json-1",
            life: Duration::from_secs(60),
            stale: Duration::ZERO,
            tags: &[],
        };
        // Stored or not: the caller has its answer.
        let _ = lease.fill(answer).await;
        value
    }
}
