//! A shop whose functions are cached in as many ways as the page has to show.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cached_attr::cached;
use tokio::time::sleep;

/// A number that differs each time.
fn random() -> u64 {
    static SEED: AtomicU32 = AtomicU32::new(1);
    let seed = u64::from(SEED.fetch_add(1, Ordering::Relaxed));
    let mixed = (seed + 0x9e37_79b9).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33
}

async fn query(millis: u64) {
    sleep(Duration::from_millis(millis + random() % (millis + 1))).await;
}

/// Asked for most, and by everybody the same few.
#[cached(ttl = "30s", jitter = "10%", capacity = 2_000)]
pub async fn price(item: u64) -> Result<u64, String> {
    query(12).await;
    Ok(item * 100)
}

/// Many keys in a small cache.
#[cached(ttl = "5m", capacity = 400, negative_ttl = "10s")]
pub async fn customer(id: u64) -> Option<String> {
    query(4).await;
    (!id.is_multiple_of(9)).then(|| format!("customer {id}"))
}

/// Of a source that fails now and then.
#[cached(ttl = "6s", stale_if_error = "1h", retry_after = "2s")]
pub async fn exchange_rate(currency: u64) -> Result<u64, String> {
    query(80).await;
    if random().is_multiple_of(3) {
        return Err("the bank does not answer".to_owned());
    }
    Ok(currency)
}

/// One value for all.
#[cached(ttl = "10s", bypass = fresh)]
pub async fn settings(fresh: bool) -> Vec<u64> {
    let _ = fresh;
    query(25).await;
    vec![1, 2, 3]
}

/// A slow report.
#[cached(ttl = "1m", capacity = 20, tti = "30s")]
pub async fn sales_report(month: u64) -> Vec<u64> {
    query(1_900).await;
    vec![month]
}

/// Never called here.
#[cached(ttl = "1h", ttl_env = "SHOP_STOCK_TTL")]
pub async fn stock(item: u64) -> u64 {
    item
}

/// Customers come and go until the task is aborted.
pub async fn open() {
    loop {
        for _ in 0..6 {
            tokio::spawn(one_customer());
        }
        if random().is_multiple_of(60) {
            price_cache().invalidate(&(random() % 40)).await;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

async fn one_customer() {
    let popular = (random() % 30) * (random() % 30);
    let _ = price(popular).await;
    let _ = price(popular / 3).await;
    if random().is_multiple_of(3) {
        customer(random() % 900).await;
    }
    let _ = exchange_rate(random() % 6).await;
    settings(random().is_multiple_of(25)).await;
    if random().is_multiple_of(150) {
        sales_report(random() % 12).await;
    }
}
