//! Five processes read while one writes and invalidates, and connections are cut at random.

use std::sync::Arc;
use std::time::Duration;

use cached_attr_fleet::proxy::{Mode, Proxy};
use cached_attr_fleet::reader::{KEY, LOCAL_TTL, now};
use cached_attr_fleet::redis::{RedisFleet, connect, until_trusted};
use cached_attr_fleet::server::Kind;
use cached_attr_runtime::tier::{Delivery, Target, Tier, Token};
use redis::AsyncTypedCommands as _;

use crate::Process;

const READERS: usize = 5;
const WRITES: u64 = 2_000;

/// What the readers saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    reads: u64,
    pub(crate) from_memory: u64,
    pub(crate) from_tier: u64,
    pub(crate) stale: u64,
    /// How old stale answers were while the tier was up.
    pub(crate) worst: Duration,
    pub(crate) p99: Duration,
    /// And while it was away.
    pub(crate) worst_away: Duration,
    pub(crate) p99_away: Duration,
}

async fn run(kept: &str) -> Seen {
    let fleet = RedisFleet::start(Kind::Redis);
    // The source is another server: what happens to the tier does not touch it.
    let source = RedisFleet::start(Kind::Redis);
    let mut proxies = Vec::new();
    for _ in 0..READERS {
        proxies.push(Proxy::start(fleet.server.port()).await);
    }
    let urls: Vec<_> = proxies.iter().map(Proxy::url).collect();
    let running = start_readers(&urls, &source, kept).await;
    let own = Proxy::start(fleet.server.port()).await;
    let tier: Arc<dyn Tier> = Arc::new(connect(&own.url()).build().unwrap());
    until_trusted(&*tier).await;
    proxies.push(own);
    let cutting = tokio::spawn(cut_at_random(proxies));
    write(&tier, &source, WRITES, Duration::from_millis(2)).await;
    cutting.abort();
    seen_by(running).await
}

/// A reader at each of these addresses of the tier.
pub(crate) async fn start_readers(
    urls: &[String],
    source: &RedisFleet,
    kept: &str,
) -> Vec<Process> {
    let source = source.server.url();
    let start = |url: &String| Process::start(&["read", url, &source, kept]);
    let readers: Vec<_> = urls.iter().map(start).collect();
    let mut running = Vec::new();
    for reader in readers {
        let (reader, line) = reader.line().await;
        assert_eq!(line, "ready");
        running.push(reader);
    }
    running
}

/// Writes the source and invalidates, so many times, with this pause.
pub(crate) async fn write(tier: &Arc<dyn Tier>, source: &RedisFleet, writes: u64, pause: Duration) {
    let client = redis::Client::open(source.server.url()).unwrap();
    let mut source = client.get_multiplexed_async_connection().await.unwrap();
    for version in 1..=writes {
        source.set("source", version).await.unwrap();
        if tier.invalidate(Target::Key(KEY)).await != Delivery::Done {
            // Confirmed once it has been delivered.
            until_trusted(&**tier).await;
        }
        source.hset("times", version, now()).await.unwrap();
        source.set("confirmed", version).await.unwrap();
        tokio::time::sleep(pause).await;
    }
}

/// Ends the readers.
pub(crate) async fn seen_by(readers: Vec<Process>) -> Seen {
    let mut seen = Seen::default();
    for reader in readers {
        let line = reader.finish().await;
        let numbers: Vec<u64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
        let [reads, from_memory, from_tier, stale, ages @ ..] = &numbers[..] else {
            panic!("{line}");
        };
        assert_eq!(ages.len(), 4, "{line}");
        seen.reads += reads;
        seen.from_memory += from_memory;
        seen.from_tier += from_tier;
        seen.stale += stale;
        let all = [
            &mut seen.worst,
            &mut seen.p99,
            &mut seen.worst_away,
            &mut seen.p99_away,
        ];
        for (worst, &age) in all.into_iter().zip(ages) {
            *worst = Duration::from_micros(age).max(*worst);
        }
    }
    seen
}

async fn cut_at_random(proxies: Vec<Proxy>) {
    loop {
        let random = Token::random_52();
        let index = usize::try_from(random).unwrap_or(0) % proxies.len();
        tokio::time::sleep(Duration::from_millis(random % 97)).await;
        proxies[index].set(if random.is_multiple_of(3) {
            Mode::Stalled
        } else {
            Mode::Cut
        });
        tokio::time::sleep(Duration::from_millis(random % 53)).await;
        proxies[index].set(Mode::Working);
    }
}

#[tokio::test]
async fn without_copies_no_answer_is_older_than_a_confirmed_invalidation() {
    let seen = run("strict").await;
    println!("without copies: {seen:?}");
    assert!(seen.from_tier > 1_000, "{seen:?}");
    assert_eq!(seen.stale, 0, "{seen:?}");
}

#[tokio::test]
async fn copies_are_older_by_the_time_of_a_push_or_a_heartbeat_at_most() {
    let seen = run("copies").await;
    println!("with copies: {seen:?}");
    assert!(seen.from_memory > 1_000, "{seen:?}");
    assert!(seen.p99 <= Duration::from_millis(100), "{seen:?}");
    // A heartbeat, and what a busy machine adds between two looks at the clock.
    assert!(seen.worst <= Duration::from_millis(300), "{seen:?}");
}

#[tokio::test]
async fn calls_without_copies_are_never_older_than_a_confirmed_invalidation() {
    let seen = run("strict-calls").await;
    println!("calls without copies: {seen:?}");
    assert!(seen.from_tier > 1_000, "{seen:?}");
    assert_eq!(seen.from_memory, 0, "{seen:?}");
    assert_eq!(seen.stale, 0, "{seen:?}");
}

#[tokio::test]
async fn calls_with_copies_are_older_by_a_push_or_a_heartbeat_and_in_an_outage_by_the_local_ttl() {
    let seen = run("calls").await;
    println!("calls with copies: {seen:?}");
    assert!(seen.from_memory > 1_000, "{seen:?}");
    assert!(seen.p99 <= Duration::from_millis(100), "{seen:?}");
    // What a busy machine adds is in both bounds.
    assert!(seen.worst <= Duration::from_millis(300), "{seen:?}");
    let busy = Duration::from_millis(100);
    assert!(seen.worst_away <= LOCAL_TTL + busy, "{seen:?}");
}
