//! A replica as a process of its own, for the tests that need several, or one to kill.
//!
//! `replica cold URL TASKS`: looks one cold key up in many tasks; prints how many of them loaded.
//! `replica call URL TASKS`: the same by calls of a `shared` function.
//! `replica stuck URL`: begins a load of such a function that does not end; prints when it runs.
//! `replica hold URL`: takes the lease of the key and keeps it; prints when it has it.
//! `replica lead URL`: calls functions under `#[leader]`, one for each line of its standard input.
//! `replica env`: prints whether the server that the environment names is up.
//! `replica read URL SOURCE strict|copies|strict-calls|calls`: reads the key until its standard input ends; prints what was stale.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cached_attr::cached;
use cached_attr_fleet::leading::lead_until_stdin_ends;
use cached_attr_fleet::reader::{self, Kept};
use cached_attr_fleet::redis::{connect, until_trusted};
use cached_attr_runtime::tier::{
    Answer, LookUp, LookedUp, Lookup, RecordKey, Tier, install, look_up,
};

const LOOKUP: Lookup<'static> = Lookup {
    key: RecordKey {
        name: "script",
        key: "LOQ",
    },
    fingerprint: "json-1",
    tags: &[],
};

const HOW: LookUp = LookUp {
    lease: Duration::from_secs(2),
    wait: Duration::from_secs(20),
    serve_stale: false,
    max_age: Duration::MAX,
};

#[tokio::main]
async fn main() -> ExitCode {
    #[cfg(feature = "tls")]
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("the first provider");
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["cold", url, tasks] => cold(url, tasks.parse().expect("a number")).await,
        ["call", url, tasks] => call(url, tasks.parse().expect("a number")).await,
        ["stuck", url] => stuck(url).await,
        ["hold", url] => hold(url).await,
        ["lead", url] => lead_until_stdin_ends(url).await,
        ["env"] => println!("{}", env().await),
        ["read", url, source, kept] => {
            let Some(kept) = Kept::named(kept) else {
                return ExitCode::FAILURE;
            };
            println!("{}", reader::read_until_stdin_ends(url, source, kept).await);
        }
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}

async fn tier(url: &str) -> Arc<dyn Tier> {
    let tier: Arc<dyn Tier> = Arc::new(connect(url).build().expect("a tier"));
    until_trusted(&*tier).await;
    tier
}

async fn cold(url: &str, tasks: usize) {
    let tier = tier(url).await;
    let loads = Arc::new(AtomicUsize::new(0));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let (tier, loads) = (Arc::clone(&tier), Arc::clone(&loads));
        running.spawn(async move {
            match look_up(&tier, LOOKUP, HOW).await {
                Ok(LookedUp::Lead(lease, _)) => {
                    loads.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    let answer = Answer {
                        payload: b"1",
                        fingerprint: "json-1",
                        life: Duration::from_secs(60),
                        stale: Duration::ZERO,
                        tags: &[],
                    };
                    lease.fill(answer).await.expect("a fill");
                }
                Ok(LookedUp::Fresh(record)) => assert_eq!(record.payload, b"1"),
                other => panic!("{other:?}"),
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.expect("an answer");
    }
    println!("{}", loads.load(Ordering::Relaxed));
}

#[cached(ttl = "1m", shared, name = "slow", skip(loads))]
async fn slow(loads: &AtomicUsize, id: u32) -> u32 {
    loads.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(200)).await;
    id
}

#[cached(ttl = "1m", shared, name = "slow", handle = false)]
async fn never_ends(id: u32) -> u32 {
    println!("running {id}");
    std::future::pending().await
}

async fn call(url: &str, tasks: usize) {
    install(tier(url).await).expect("the first tier");
    let loads = Arc::new(AtomicUsize::new(0));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let loads = Arc::clone(&loads);
        running.spawn(async move { slow(&loads, 7).await });
    }
    while let Some(answer) = running.join_next().await {
        assert_eq!(answer.expect("an answer"), 7);
    }
    println!("{}", loads.load(Ordering::Relaxed));
}

async fn stuck(url: &str) {
    install(tier(url).await).expect("the first tier");
    never_ends(7).await;
}

async fn env() -> String {
    match cached_attr_redis::from_env() {
        Ok(Some(tier)) => {
            let tier = tier.build().expect("a tier");
            format!("up: {}", tier.health().await.up)
        }
        Ok(None) => "none".to_owned(),
        Err(error) => error.to_string(),
    }
}

async fn hold(url: &str) {
    let tier = tier(url).await;
    let held = look_up(&tier, LOOKUP, HOW).await;
    assert!(matches!(held, Ok(LookedUp::Lead(..))), "{held:?}");
    println!("held");
    std::future::pending::<()>().await;
}
