//! Functions under `#[leader]` in a process of their own, called by the lines of its standard input.

use std::time::Duration;

use cached_attr::leader;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::time::sleep;

/// How long the work of a night takes.
pub const WORK: Duration = Duration::from_millis(300);

/// How long nobody leads after it.
pub const NIGHT: Duration = Duration::from_secs(2);

#[leader(key = "nightly", ttl = "2s", grace = NIGHT)]
async fn nightly_recompute() -> Option<u32> {
    sleep(WORK).await;
    Some(std::process::id())
}

/// Takes longer than its ttl.
#[leader(key = "long", ttl = "1s", fence = fence)]
async fn long() -> Option<u64> {
    sleep(Duration::from_millis(1_500)).await;
    Some(fence)
}

#[leader(key = "failing", grace = "1h")]
async fn failing(succeeds: bool) -> Result<Option<u32>, &'static str> {
    if succeeds {
        Ok(Some(std::process::id()))
    } else {
        Err("the store is away")
    }
}

#[leader(key = "unguarded", on_unavailable = "run")]
async fn unguarded() -> Option<u32> {
    Some(std::process::id())
}

/// Installs a tier, says so, and answers every line with what the function of that name returned, until the input ends.
///
/// # Panics
///
/// When the tier cannot be installed.
pub async fn lead_until_stdin_ends(url: &str) {
    crate::redis::connect(url).install().expect("a tier");
    if let Some(tier) = cached_attr::tier::installed() {
        crate::redis::until_trusted(&**tier).await;
    }
    println!("ready");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match line.as_str() {
            "nightly" => println!("{:?}", nightly_recompute().await),
            "twice" => println!("{:?}", tokio::join!(long(), long())),
            "long" => println!("{:?}", long().await),
            "fail" => println!("{:?}", failing(false).await),
            "succeed" => println!("{:?}", failing(true).await),
            "unguarded" => println!("{:?}", unguarded().await),
            other => println!("there is no function {other}"),
        }
    }
}
