//! `stats` and `len`.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

#[tokio::test(start_paused = true)]
async fn statistics_tell_what_happened() {
    #[cached(ttl = "1m", bypass = id == 99, skip(source))]
    async fn counted(source: &Source, id: u32) -> Result<u32, String> {
        let answer = source.ask_for(Duration::from_secs(2)).await;
        if id == 0 {
            Err("zero".to_owned())
        } else {
            Ok(answer)
        }
    }

    let source = Source::new();
    let cache = counted_cache();
    assert!(cache.stats().enabled);
    let _ = async {
        tokio::join!(
            counted(&source, 1),
            counted(&source, 1),
            counted(&source, 1)
        )
    }
    .await;
    for _ in 0..4 {
        let _ = counted(&source, 1).await;
    }
    let _ = counted(&source, 0).await;
    let _ = counted(&source, 99).await;
    cache.invalidate(1).await;
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.loads), (4, 4, 2));
    assert_eq!(
        (stats.collapsed, stats.load_errors, stats.bypassed),
        (2, 1, 1)
    );
    assert_eq!(
        (stats.stored, stats.invalidated, stats.superseded),
        (1, 1, 0)
    );
    assert!(
        (Duration::from_secs(2)..Duration::from_millis(2010)).contains(&stats.load_time),
        "{stats:?}"
    );
    let saved = stats.time_saved();
    assert!(
        (Duration::from_secs(12)..Duration::from_millis(12_100)).contains(&saved),
        "{saved:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_overtaken_is_counted() {
    #[cached(ttl = "1m", skip(gate))]
    async fn slow(gate: &Gate) -> u32 {
        gate.pass().await;
        1
    }

    let gate = Gate::new();
    let load = Stepped::begin(slow(&gate)).await;
    slow_cache().invalidate(()).await;
    gate.open();
    load.finish().await;
    let stats = slow_cache().stats();
    assert_eq!(
        (stats.superseded, stats.stored, stats.invalidated),
        (1, 0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn hits_of_many_threads_are_all_counted() {
    #[cached(ttl = "1m")]
    async fn popular(id: u32) -> u32 {
        id
    }

    popular(1).await;
    let threads: Vec<_> = (0..20)
        .map(|_| {
            std::thread::spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                runtime.expect("a runtime without drivers").block_on(async {
                    for _ in 0..1000 {
                        popular(1).await;
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("nobody panics");
    }
    assert_eq!(popular_cache().stats().hits, 20_000);
}

#[tokio::test(start_paused = true)]
async fn len_counts_entries() {
    #[cached(ttl = "1m")]
    async fn id(id: u32) -> u32 {
        id
    }

    assert!(id_cache().is_empty());
    for n in 0..100 {
        id(n % 10).await;
    }
    assert_eq!(id_cache().len(), 10);
    advance(Duration::from_secs(61)).await;
    id(0).await;
    assert!((1..=10).contains(&id_cache().len()));
}
