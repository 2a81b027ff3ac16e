//! An error that is `Clone`: one load, and everyone gets a clone.

use std::sync::Arc;
use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::time::{Instant, sleep};

#[derive(Clone, Debug)]
struct Down(Arc<str>);

static SOURCE: Source = Source::new();

#[cached(ttl = "1m")]
async fn down(id: u32) -> Result<u32, Down> {
    let load = SOURCE.ask();
    sleep(Duration::from_millis(50)).await;
    Err(Down(format!("{id} at {load}").into()))
}

#[tokio::test(start_paused = true)]
async fn two_hundred_who_wait_for_a_failing_load_share_its_error() {
    let began = Instant::now();
    let calls: Vec<_> = (0..200).map(|_| tokio::spawn(down(7))).collect();
    let mut errors = Vec::new();
    for call in calls {
        let answer = call.await.expect("nobody panics");
        errors.push(answer.expect_err("every load fails"));
    }
    assert_eq!(SOURCE.asked(), 1);
    assert!(
        errors
            .iter()
            .all(|error| Arc::ptr_eq(&error.0, &errors[0].0))
    );
    assert!(began.elapsed() < Duration::from_millis(60));
    let stats = down_cache().stats();
    assert_eq!(
        (stats.load_errors, stats.collapsed, stats.stored),
        (1, 199, 0)
    );

    let later = down(7).await.expect_err("every load fails");
    assert_eq!(&*later.0, "7 at 2", "an error is not stored");
}
