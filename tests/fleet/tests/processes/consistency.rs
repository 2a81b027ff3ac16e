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
struct Seen {
    reads: u64,
    from_memory: u64,
    from_tier: u64,
    stale: u64,
    worst: Duration,
    p99: Duration,
}

async fn run(kept: &str) -> Seen {
    let fleet = RedisFleet::start(Kind::Redis);
    // The source is another server: what happens to the tier does not touch it.
    let source = RedisFleet::start(Kind::Redis);
    let mut proxies = Vec::new();
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let proxy = Proxy::start(fleet.server.port()).await;
        readers.push(Process::start(&[
            "read",
            &proxy.url(),
            &source.server.url(),
            kept,
        ]));
        proxies.push(proxy);
    }
    let mut running = Vec::new();
    for reader in readers {
        let (reader, line) = reader.line().await;
        assert_eq!(line, "ready");
        running.push(reader);
    }
    let own = Proxy::start(fleet.server.port()).await;
    let tier: Arc<dyn Tier> = Arc::new(connect(&own.url()).build().unwrap());
    until_trusted(&*tier).await;
    proxies.push(own);
    let cutting = tokio::spawn(cut_at_random(proxies));
    write(&tier, &source.server.url()).await;
    cutting.abort();
    let mut seen = Seen::default();
    for reader in running {
        let line = reader.finish().await;
        let numbers: Vec<u64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
        let [reads, from_memory, from_tier, stale, worst, p99] = numbers[..] else {
            panic!("{line}");
        };
        seen.reads += reads;
        seen.from_memory += from_memory;
        seen.from_tier += from_tier;
        seen.stale += stale;
        seen.worst = seen.worst.max(Duration::from_micros(worst));
        seen.p99 = seen.p99.max(Duration::from_micros(p99));
    }
    seen
}

async fn write(tier: &Arc<dyn Tier>, source: &str) {
    let client = redis::Client::open(source).unwrap();
    let mut source = client.get_multiplexed_async_connection().await.unwrap();
    for version in 1..=WRITES {
        source.set("source", version).await.unwrap();
        if tier.invalidate(Target::Key(KEY)).await != Delivery::Done {
            // Confirmed once it has been delivered.
            until_trusted(&**tier).await;
        }
        source.hset("times", version, now()).await.unwrap();
        source.set("confirmed", version).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
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
    assert!(
        seen.p99 <= Duration::from_millis(100) + LOCAL_TTL,
        "{seen:?}"
    );
    let heartbeat = Duration::from_millis(300);
    assert!(seen.worst <= heartbeat + LOCAL_TTL, "{seen:?}");
}
