//! What a `CacheControl` covers: all that is awaited in the task, and nothing else.

use std::time::Duration;

use cached_attr::{CacheControl, CacheControlExt as _, cached};
use cached_attr_tests::Source;

#[cached(ttl = "1m", skip(source))]
async fn leaf(source: &Source, id: u32) -> u32 {
    let _ = id;
    tokio::task::yield_now().await;
    source.ask()
}

#[cached(ttl = "1m", skip(source))]
async fn branch(source: &Source, id: u32) -> u32 {
    leaf(source, id).await + 100
}

async fn handler(source: &Source, id: u32) -> (u32, u32) {
    (branch(source, id).await, leaf(source, id + 1000).await)
}

#[tokio::test(start_paused = true)]
async fn it_reaches_every_cached_call_below() {
    let source = Source::new();
    assert_eq!(handler(&source, 1).await, (101, 2));
    assert_eq!(handler(&source, 1).await, (101, 2));
    assert_eq!(handler(&source, 1).max_age(Duration::ZERO).await, (103, 4));
    assert_eq!(
        handler(&source, 1).await,
        (103, 4),
        "and what it loaded is stored"
    );
    assert_eq!(leaf(&source, 1).await, 3, "also below");
}

#[tokio::test(start_paused = true)]
async fn no_store_leaves_no_trace_at_any_depth() {
    let source = Source::new();
    assert_eq!(handler(&source, 2).no_store().await, (101, 2));
    assert_eq!(
        (branch_cache().get(2).await, leaf_cache().get(2).await),
        (None, None)
    );
    assert_eq!(leaf_cache().get(1002).await, None);
}

#[tokio::test(start_paused = true)]
async fn scope_takes_several_wishes_at_once() {
    let source = Source::new();
    handler(&source, 3).await;
    let control = CacheControl::new()
        .max_age(Duration::from_secs(5))
        .no_cache();
    assert_eq!(control.scope(handler(&source, 3)).await, (103, 4));
}

#[tokio::test(start_paused = true)]
async fn nested_scopes_add_up() {
    let source = Source::new();
    leaf(&source, 4).await;
    let inner = CacheControl::new()
        .max_age(Duration::from_secs(3600))
        .scope(leaf(&source, 4));
    assert_eq!(CacheControl::new().no_cache().scope(inner).await, 2);
    let inner = CacheControl::new().no_store().scope(leaf(&source, 4));
    assert_eq!(inner.max_age(Duration::from_secs(3600)).await, 3);
    assert_eq!(leaf(&source, 4).await, 2);
}

#[tokio::test(start_paused = true)]
async fn it_covers_what_is_joined_in_the_task() {
    let source = Source::new();
    leaf(&source, 5).await;
    leaf(&source, 6).await;
    let both = async { tokio::join!(leaf(&source, 5), leaf(&source, 6)) };
    let (five, six) = both.no_cache().await;
    assert!(five > 2 && six > 2);
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_is_not_covered() {
    static SOURCE: Source = Source::new();
    assert_eq!(leaf(&SOURCE, 7).await, 1);
    let spawned = async { tokio::spawn(leaf(&SOURCE, 7)).await };
    assert_eq!(spawned.no_cache().await.ok(), Some(1));
    let awaited = async { leaf(&SOURCE, 7).await };
    assert_eq!(awaited.no_cache().await, 2);
}

#[tokio::test(start_paused = true)]
async fn other_tasks_on_the_thread_are_not_covered() {
    static SOURCE: Source = Source::new();
    leaf(&SOURCE, 8).await;
    let strict = tokio::spawn(
        async {
            for _ in 0..10 {
                leaf(&SOURCE, 8).await;
                tokio::task::yield_now().await;
            }
        }
        .no_store(),
    );
    for _ in 0..10 {
        assert_eq!(leaf(&SOURCE, 8).await, 1);
        tokio::task::yield_now().await;
    }
    strict.await.expect("nobody panics");
    assert_eq!(SOURCE.asked(), 11);
}

#[tokio::test(start_paused = true)]
async fn a_panic_inside_a_scope_leaves_no_wish_behind() {
    let source = Source::new();
    leaf(&source, 9).await;
    let panics = std::panic::AssertUnwindSafe(async { panic!("inside") }.no_store());
    let caught = std::panic::catch_unwind(move || {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let _: std::task::Poll<()> = std::pin::pin!({ panics }.0).poll(&mut context);
    });
    assert!(caught.is_err());
    assert_eq!(leaf(&source, 9).await, 1);
}

#[tokio::test(start_paused = true)]
async fn scoped_calls_stay_send_and_can_be_spawned() {
    static SOURCE: Source = Source::new();
    let call = tokio::spawn(leaf(&SOURCE, 10).max_age(Duration::ZERO).with_status());
    let (answer, status) = call.await.expect("nobody panics");
    assert_eq!((answer, status.stored), (1, true));
}
