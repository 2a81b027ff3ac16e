//! Where loads in the background run, and what becomes of them with their runtime.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Gate;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::{Fault, Manner, SECOND, Shop, settle};

fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// What a thread of its own comes to, if it does so in ten seconds.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_secs(10)).ok()
}

#[test]
fn a_runtime_that_ends_takes_its_loads_along_and_leaves_the_keys_free() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        max_background = 1,
        skip(shop, gate)
    )]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let first = current_thread();
    let closed = Arc::new(Gate::new());
    let opened = Arc::new(Gate::opened());
    first.block_on(async {
        assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
        price_cache().expire(()).await;
        assert_eq!(price(shop.clone(), closed.clone()).await, Ok(1));
        closed.arrival().await;
    });
    drop(first);
    assert_eq!(
        Arc::strong_count(&closed),
        1,
        "the body is dropped with its runtime"
    );
    current_thread().block_on(async {
        assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
        settle().await;
        assert_eq!(price(shop.clone(), opened.clone()).await, Ok(3));
        assert_eq!(price_cache().stats().refreshes_skipped, 0);
    });
}

#[test]
fn a_load_whose_runtime_nobody_runs_any_more_holds_up_nobody_for_longer_than_its_limit() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        timeout = "1s",
        skip(shop, gate)
    )]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let idle = current_thread();
    let closed = Arc::new(Gate::new());
    let opened = Arc::new(Gate::opened());
    idle.block_on(async {
        assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
        price_cache().expire(()).await;
        assert_eq!(price(shop.clone(), closed.clone()).await, Ok(1));
        closed.arrival().await;
    });
    // Nobody runs `idle` now. A strict caller waits for no longer than the load may take.
    let answer = in_time(move || {
        current_thread().block_on(async {
            use cached_attr::CacheControlExt as _;
            price(shop.clone(), opened.clone())
                .max_age(Duration::from_secs(3600))
                .await
        })
    });
    assert!(answer.is_some(), "it waits for ever");
    drop(idle);
}

#[test]
fn without_a_timeout_that_limit_is_a_minute() {
    #[cached(ttl = "1m", stale_while_revalidate = "10s", skip(shop, gate))]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let paused = || {
        Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime")
    };
    let idle = paused();
    let closed = Arc::new(Gate::new());
    let opened = Arc::new(Gate::opened());
    idle.block_on(async {
        assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
        price_cache().expire(()).await;
        assert_eq!(price(shop.clone(), closed.clone()).await, Ok(1));
        closed.arrival().await;
    });
    // Nobody runs `idle` now. Past the window of the stale answer its load is waited for.
    let answer = in_time(move || {
        paused().block_on(async {
            tokio::time::advance(11 * SECOND).await;
            let began = tokio::time::Instant::now();
            let answer = price(shop.clone(), opened).await;
            (answer, began.elapsed().as_secs())
        })
    });
    let (answer, waited) = answer.expect("it waits for ever");
    assert_eq!(answer, Ok(3));
    assert!((50..=68).contains(&waited), "{waited} s");
    drop(idle);
}

#[test]
fn in_a_local_set_the_load_runs_on_the_runtime() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    let local = LocalSet::new();
    local.block_on(&current_thread(), async {
        assert_eq!(price(&shop).await, Ok(1));
        price_cache().expire(()).await;
        let there = shop.clone();
        let call = tokio::task::spawn_local(async move { price(&there).await });
        assert_eq!(call.await.expect("no panic"), Ok(1));
        settle().await;
        assert_eq!(price(&shop).await, Ok(2));
    });
}

#[test]
fn outside_of_a_runtime_loads_have_no_limit() {
    #[cached(
        ttl = "1m",
        stale_if_error = "1h",
        soft_timeout = "1ms",
        timeout = "2ms",
        skip(shop)
    )]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        let (sender, receiver) = tokio::sync::oneshot::channel();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            sender.send(())
        });
        receiver.await.map_err(|_| Fault::Down)?;
        answer
    }

    let shop = Shop::new();
    assert_eq!(blocking(price(&shop)), Ok(1));
    blocking(price_cache().expire(()));
    assert_eq!(blocking(price(&shop)), Ok(2));
}

#[test]
fn without_a_timer_a_load_that_waits_panics_and_leaves_its_key_free() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        timeout = "2s",
        max_background = 1,
        skip(shop)
    )]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        tokio::task::yield_now().await;
        shop.ask().await
    }

    let shop = Shop::new();
    let untimed = Builder::new_current_thread().build().expect("a runtime");
    let panics = || {
        let call = std::panic::AssertUnwindSafe(|| untimed.block_on(price(shop.clone())));
        std::panic::catch_unwind(call).is_err()
    };
    assert!(panics() && panics());
    assert_eq!(current_thread().block_on(price(shop.clone())), Ok(1));
    blocking(price_cache().expire(()));
    untimed.block_on(async {
        assert_eq!(price(shop.clone()).await, Ok(1), "served all the same");
        settle().await;
    });
    current_thread().block_on(async {
        assert_eq!(price(shop.clone()).await, Ok(1));
        settle().await;
        assert_eq!(price(shop.clone()).await, Ok(2));
    });
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}

/// Runs a future on this thread, without tokio.
fn blocking<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut cx = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut cx) {
            std::task::Poll::Ready(answer) => return answer,
            std::task::Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_call_may_move_between_runtimes_while_it_waits() {
    #[cached(ttl = "1m", timeout = "10s", skip(shop, gate))]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let gate = Arc::new(Gate::new());
    let first = current_thread();
    let mut leads = Box::pin(price(shop.clone(), gate.clone()));
    let mut follows = Box::pin(price(shop.clone(), gate.clone()));
    first.block_on(async {
        assert!(cached_attr_tests::poll_once(leads.as_mut()).await.is_none());
        assert!(
            cached_attr_tests::poll_once(follows.as_mut())
                .await
                .is_none()
        );
    });
    gate.open();
    current_thread().block_on(async {
        assert_eq!(leads.await, Ok(1));
        assert_eq!(follows.await, Ok(1));
    });
    drop(first);
}

#[test]
fn real_threads_load_a_stale_answer_once_at_a_time() {
    #[cached(
        ttl = "20ms",
        stale_while_revalidate = "1h",
        max_background = 1,
        skip(shop)
    )]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    shop.becomes(Manner {
        takes: Duration::from_millis(5),
        ..Manner::default()
    });
    let runtime = Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        assert!(price(shop.clone()).await.is_ok());
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let shop = shop.clone();
            calls.spawn(async move {
                let mut newest = 0;
                for _ in 0..500 {
                    let answer = price(shop.clone()).await.expect("an answer");
                    assert!(answer >= newest, "an older answer came back");
                    newest = answer;
                    tokio::time::sleep(Duration::from_micros(100)).await;
                }
            });
        }
        calls.join_all().await;
        tokio::time::sleep(SECOND / 10).await;
    });
    let stats = price_cache().stats();
    assert_eq!(stats.refreshes + 1, u64::from(shop.asked()));
    assert!(stats.refreshes >= 2, "{stats:?}");
}
