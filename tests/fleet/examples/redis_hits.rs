//! What hits in Redis take beside the client's own commands: `redis_hits [BYTES] [ROUNDS] [current|multi]`.
//!
//! Each round makes one raw `GET`, one call, one raw `MGET` of 100 keys and one batch of 100 items, on a connection each,
//! to a server that is started for it. The functions keep no copies, so that each call reads the server. The raw values are
//! the same JSON without the header of a record, and are decoded as well in the second column. Compare within a line.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use cached_attr::cached;
use cached_attr_fleet::server::{Kind, Server};
use redis::aio::MultiplexedConnection;

const ITEMS: u32 = 100;

#[cached(ttl = "10m", shared, local_ttl = "0", name = "one", skip(bytes))]
async fn one(bytes: usize, id: u32) -> String {
    text(bytes, id)
}

#[cached(ttl = "10m", batch = ids, shared, local_ttl = "0", name = "many", skip(bytes))]
async fn many(bytes: usize, ids: Vec<u32>) -> HashMap<u32, String> {
    ids.into_iter().map(|id| (id, text(bytes, id))).collect()
}

/// A text whose JSON has so many bytes.
fn text(bytes: usize, id: u32) -> String {
    format!("{id:0>width$}", width = bytes.saturating_sub(2))
}

struct Raw {
    connection: MultiplexedConnection,
}

impl Raw {
    async fn get(&mut self, id: u32) -> Vec<u8> {
        let mut get = redis::cmd("GET");
        get.arg(format!("raw:{id}"));
        get.query_async(&mut self.connection)
            .await
            .expect("a value")
    }

    async fn get_many(&mut self) -> Vec<Vec<u8>> {
        let mut get = redis::cmd("MGET");
        for id in 0..ITEMS {
            get.arg(format!("raw:{id}"));
        }
        get.query_async(&mut self.connection).await.expect("values")
    }
}

fn decode(bytes: &[u8]) -> String {
    serde_json::from_slice(bytes).expect("JSON")
}

#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add(&mut self, began: Instant) {
        self.0.push(began.elapsed());
    }

    /// In microseconds.
    fn quantile(&mut self, part: usize) -> f64 {
        self.0.sort_unstable();
        self.0[self.0.len() * part / 100].as_secs_f64() * 1e6
    }
}

fn print(what: &str, raw: &mut Times, decoded: &mut Times, ours: &mut Times) {
    for part in [10, 50] {
        let (raw, decoded, ours) = (
            raw.quantile(part),
            decoded.quantile(part),
            ours.quantile(part),
        );
        println!(
            "{what:5} p{part}: raw {raw:7.1} µs, decoded {decoded:7.1} µs, ours {ours:7.1} µs: {:.2} and {:.2} times",
            ours / raw,
            ours / decoded
        );
    }
}

async fn measure(bytes: usize, rounds: u32) {
    let server = Server::start(Kind::Redis);
    cached_attr_redis::connect(&server.url())
        .expect("an address")
        .namespace("shop")
        .install()
        .expect("the first tier");
    let client = redis::Client::open(server.url()).expect("a client");
    let mut raw = Raw {
        connection: client
            .get_multiplexed_async_connection()
            .await
            .expect("a connection"),
    };
    for id in 0..ITEMS {
        let json = serde_json::to_vec(&text(bytes, id)).expect("JSON");
        let mut set = redis::cmd("SET");
        set.arg(format!("raw:{id}")).arg(json);
        let () = set.query_async(&mut raw.connection).await.expect("stored");
    }
    let ids: Vec<u32> = (0..ITEMS).collect();
    one(bytes, 7).await;
    many(bytes, ids.clone()).await;
    let mut times: [Times; 6] = Default::default();
    for round in 0..rounds as usize {
        // In another order each round: whoever follows a large answer finds the caches cold. The seventh turn is nobody's.
        for turn in 0..7 {
            let which = (round + turn * (1 + round % 6)) % 7;
            let items = ids.clone();
            let began = Instant::now();
            match which {
                0 => drop(black_box(raw.get(7).await)),
                1 => drop(black_box(decode(&raw.get(7).await))),
                2 => drop(black_box(one(bytes, 7).await)),
                3 => drop(black_box(raw.get_many().await)),
                4 => {
                    let values = raw.get_many().await;
                    let values = items.into_iter().zip(values);
                    let map: HashMap<u32, String> =
                        values.map(|(id, value)| (id, decode(&value))).collect();
                    drop(black_box(map));
                }
                5 => drop(black_box(many(bytes, items).await)),
                _ => continue,
            }
            times[which].add(began);
        }
    }
    let [get, get_decoded, one_call, mget, mget_decoded, batch] = &mut times;
    print("one", get, get_decoded, one_call);
    print("batch", mget, mget_decoded, batch);
    let (single, batched) = (one_cache().stats(), many_cache().stats());
    assert_eq!(single.tier_hits, u64::from(rounds), "{single}");
    assert_eq!(batched.tier_hits, u64::from(rounds * ITEMS), "{batched}");
}

fn main() {
    let mut args = std::env::args().skip(1);
    let bytes = args
        .next()
        .map_or(200, |bytes| bytes.parse().expect("bytes"));
    let rounds = args
        .next()
        .map_or(2_000, |rounds| rounds.parse().expect("rounds"));
    let mut runtime = match args.next().as_deref() {
        Some("current") => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = runtime.enable_all().build().expect("a runtime");
    // In a task, as calls of a service are.
    runtime.block_on(async move {
        tokio::spawn(measure(bytes, rounds))
            .await
            .expect("measured");
    });
}
