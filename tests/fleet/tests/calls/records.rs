//! Records: what one replica has loaded is there for the others.

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_fleet::fleet::Fleet;

use crate::support::{Down, Source, eventually, pair};

#[cached(ttl = "1m", shared, name = "records::script", skip(source))]
async fn script(source: &Source, instrument: &str, version: u32) -> Result<Option<String>, Down> {
    let _ = (instrument, version);
    source.load().await
}

#[cached(ttl = "1m", shared, local_ttl = "0", key = "script:{id}", skip(source))]
async fn strict(source: &Source, id: u32) -> Result<Option<String>, Down> {
    source.load().await
}

pub(crate) async fn a_record_of_one_replica_is_a_hit_for_another(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    let of_a = a.run(script(&source, "LOQ", 1)).await;
    assert_eq!(of_a, Ok(Some("run 1".to_owned())));
    source.set_down(true);
    let (of_b, status) = b.run(script(&source, "LOQ", 1).with_status()).await;
    assert_eq!(of_b, Ok(Some("run 1".to_owned())));
    assert!(
        status.hit && status.shared && status.fwd.is_none(),
        "{status}"
    );
    assert_eq!(source.loads(), 1);
    assert_eq!(b.run(script(&source, "LOQ", 2)).await, Err(Down));
    let stats = b.run(async { script_cache().stats() }).await;
    assert_eq!((stats.tier_hits, stats.loads), (1, 1), "{stats}");
}

pub(crate) async fn a_cached_none_is_a_hit_for_another(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::default();
    assert_eq!(a.run(script(&source, "LOQ", 1)).await, Ok(None));
    source.set_down(true);
    assert_eq!(b.run(script(&source, "LOQ", 1)).await, Ok(None));
    assert_eq!(source.loads(), 1);
}

pub(crate) async fn a_copy_in_memory_needs_no_tier(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    for _ in 0..3 {
        assert!(a.run(script(&source, "LOQ", 1)).await.is_ok());
    }
    // The second call reads the record that the first has filled; once its push is there, a copy is kept.
    eventually("a hit in memory", async || {
        let (_, status) = a.run(script(&source, "LOQ", 1).with_status()).await;
        status.hit && !status.shared
    })
    .await;
    let reads = a.tier.stats().hits;
    assert!(a.run(script(&source, "LOQ", 1)).await.is_ok());
    if reads > 0 {
        assert_eq!(a.tier.stats().hits, reads);
    }
    assert_eq!(source.loads(), 1);
}

pub(crate) async fn an_error_is_not_stored(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    source.set_down(true);
    assert_eq!(a.run(script(&source, "LOQ", 1)).await, Err(Down));
    source.set_down(false);
    assert_eq!(
        b.run(script(&source, "LOQ", 1)).await,
        Ok(Some("run 1".to_owned()))
    );
}

pub(crate) async fn every_call_without_copies_reads_the_tier(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    for _ in 0..5 {
        assert!(a.run(strict(&source, 1)).await.is_ok());
    }
    source.set("run 2");
    b.run(strict_cache().invalidate("script:1")).await;
    let read = a.run(strict(&source, 1)).await;
    assert_eq!(read, Ok(Some("run 2".to_owned())), "no push is waited for");
    assert_eq!(source.loads(), 2);
}
