//! Bodies that are not `Send`, and futures that are.

use std::cell::Cell;
use std::rc::Rc;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::task::LocalSet;

static SOURCE: Source = Source::new();

#[cached(ttl = "1m", skip(cell))]
async fn with_rc(cell: Rc<Cell<u32>>, id: u32) -> u32 {
    let held = Rc::clone(&cell);
    tokio::task::yield_now().await;
    held.set(held.get() + 1);
    SOURCE.ask() + id
}

#[tokio::test]
async fn bodies_that_are_not_send_run_on_a_local_set_and_share_loads() {
    let cell = Rc::new(Cell::new(0));
    let local = LocalSet::new();
    let calls: Vec<_> = (0..10)
        .map(|_| local.spawn_local(with_rc(Rc::clone(&cell), 10)))
        .collect();
    local.await;
    for call in calls {
        assert_eq!(call.await.ok(), Some(11));
    }
    assert_eq!((cell.get(), SOURCE.asked()), (1, 1));
}

#[test]
fn calls_whose_bodies_are_send_are_send() {
    #[cached(ttl = "1m", skip(source))]
    async fn sendable(source: &Source, id: &str) -> Result<u32, std::io::Error> {
        tokio::task::yield_now().await;
        Ok(source.ask() + u32::try_from(id.len()).unwrap_or(0))
    }

    fn assert_send<T: Send>(future: T) -> T {
        future
    }

    let source = Source::new();
    drop(assert_send(sendable(&source, "a")));
}

#[test]
fn a_cached_function_needs_no_runtime() {
    #[cached(ttl = "1m")]
    async fn plain(id: u32) -> u32 {
        id + 1
    }

    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..2 {
        let call = std::pin::pin!(plain(1));
        assert_eq!(call.poll(&mut context), std::task::Poll::Ready(2));
    }
    assert_eq!(plain_cache().stats().hits, 1);
}
