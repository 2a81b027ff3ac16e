//! What a hit in memory costs, and what calls log. Alone in its program: it installs the process's tier.

use std::fmt::Write as _;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use cached_attr::cached;
use cached_attr_fleet::memory::MemoryServer;
use cached_attr_runtime::tier::{Tier, install};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[cached(ttl = "1m", shared, tags = ["owner:{owner}"])]
async fn secret(owner: &str, number: u64) -> String {
    format!("secret of {owner} {number}")
}

/// The second cache of this name.
mod other {
    #[cached_attr::cached(ttl = "1m", shared, name = "hits::secret", handle = false)]
    pub(crate) async fn secret(owner: &str, number: u64) -> String {
        format!("secret of {owner} {number}")
    }
}

/// Writes this thread's events down.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_hit_allocates_nothing_and_no_line_has_a_key_or_a_value() {
    let lines = Lines::default();
    let _logging = tracing::subscriber::set_default(lines.clone());
    let tier = MemoryServer::new().connect();
    install(Arc::clone(&tier) as Arc<dyn Tier>).expect("the first tier");
    for _ in 0..3 {
        secret("ada", 7).await;
    }
    let hit = || {
        let mut call = pin!(secret("ada", 7));
        let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(_)));
    };
    let hits = secret_cache().stats().hits;
    let allocations = allocation_counter::measure(hit).count_total;
    assert_eq!(secret_cache().stats().hits, hits + 1);
    assert_eq!(
        allocations, 1,
        "the text that the caller gets, and nothing else"
    );

    other::secret("ada", 7).await;
    cached_attr::invalidate_tag("owner:ada").await;
    secret_cache().write(("ada", 7)).await.commit().await;
    let lines = lines.0.lock().unwrap().clone();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(
        lines[0].contains("hits::secret"),
        "the name of two caches: {lines:#?}"
    );
    for private in ["ada", "secret of", "owner"] {
        assert!(!lines.concat().contains(private), "{lines:#?}");
    }
}
