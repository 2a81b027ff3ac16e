//! Feature `tracing`: what a subscriber is given of calls and loads.
//!
//! Alone in its program: the subscribers of other threads decide with its own which callsites are of interest.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::fmt::{self, Write as _};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use cached_attr::{CacheControl, CacheControlExt as _, cached, flush_background};
use cached_attr_tests::{Gate, Source};
use futures_util::future::{join, join_all};
use tokio::time::advance;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Instrument as _, Subscriber, debug, debug_span, info_span};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// What the subscriber was given, one line each.
#[derive(Clone, Default)]
struct Trace(Arc<Mutex<Vec<String>>>);

impl Trace {
    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }

    /// The lines since the last look.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Trace {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let name = attributes.metadata().name();
        let parent = context
            .span(id)
            .and_then(|span| span.parent())
            .map_or("nothing", |span| span.name());
        let mut fields = Fields(format!("open {name} in {parent}"));
        attributes.record(&mut fields);
        self.push(fields.0);
    }

    fn on_follows_from(&self, span: &Id, follows: &Id, context: Context<'_, S>) {
        let name = |id| context.span(id).map_or("a closed span", |span| span.name());
        self.push(format!("{} follows {}", name(span), name(follows)));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let span = context
            .event_span(event)
            .map_or("nothing", |span| span.name());
        let mut fields = Fields(format!("{} in {span}", event.metadata().level()));
        event.record(&mut fields);
        self.push(fields.0);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.push(format!(
            "close {}",
            context.span(&id).map_or("?", |span| span.name())
        ));
    }
}

fn trace(level: LevelFilter) -> (Trace, DefaultGuard) {
    let trace = Trace::default();
    let subscriber = Registry::default().with(trace.clone().with_filter(level));
    (trace, tracing::subscriber::set_default(subscriber))
}

fn everything() -> (Trace, DefaultGuard) {
    trace(LevelFilter::TRACE)
}

/// The event of a call outside of any span.
fn call(cache: &str, status: &str) -> String {
    format!(
        r#"DEBUG in nothing message=cached call cache="traced::{cache}" status=cached-attr; {status}"#
    )
}

#[cached(ttl = "1m")]
async fn price(sku: &str) -> usize {
    debug!("the body");
    sku.len()
}

#[tokio::test(start_paused = true)]
async fn a_load_has_a_span_and_every_call_an_event_with_its_outcome() {
    let (trace, _guard) = everything();
    price("a").await;
    assert_eq!(
        trace.take(),
        [
            r#"open cached_attr::load in nothing cache="traced::price""#,
            "DEBUG in cached_attr::load message=the body",
            "close cached_attr::load",
            &call("price", "fwd=miss; stored; ttl=60"),
        ]
    );
    advance(Duration::from_secs(1)).await;
    price("a").await;
    assert_eq!(trace.take(), [call("price", "hit; ttl=59")]);
}

#[tokio::test]
async fn the_span_of_a_load_is_inside_that_of_its_caller() {
    let (trace, _guard) = everything();
    price("inside").instrument(info_span!("request")).await;
    let lines = trace.take();
    assert_eq!(
        lines[1],
        r#"open cached_attr::load in request cache="traced::price""#
    );
    assert!(
        lines[4].starts_with("DEBUG in request message=cached call"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_bypass_and_a_refresh_have_events_and_the_refresh_a_span() {
    let (trace, _guard) = everything();
    price("b").await;
    trace.take();
    CacheControl::new().no_store().scope(price("b")).await;
    assert_eq!(
        trace.take(),
        [
            &call("price", "fwd=bypass"),
            "DEBUG in nothing message=the body"
        ]
    );
    CacheControl::new().no_cache().scope(price("b")).await;
    let lines = trace.take();
    assert_eq!(lines.len(), 4);
    assert!(lines[3].contains("fwd=request; stored"), "{lines:?}");
}

static SLOW: Gate = Gate::new();

#[cached(ttl = "1m")]
async fn slow() -> u32 {
    SLOW.pass().await;
    1
}

#[tokio::test]
async fn who_waits_for_a_load_follows_its_span() {
    let (trace, _guard) = everything();
    let leader = slow().instrument(debug_span!("leader"));
    let follower = slow().instrument(debug_span!("follower"));
    join(join(leader, follower), async { SLOW.open() }).await;
    let lines = trace.take();
    assert!(
        lines.contains(&"follower follows cached_attr::load".to_owned()),
        "{lines:?}"
    );
    assert!(
        !lines.contains(&"leader follows cached_attr::load".to_owned()),
        "{lines:?}"
    );
    let opened = lines
        .iter()
        .filter(|line| line.starts_with("open cached_attr::load"));
    assert_eq!(opened.count(), 1, "{lines:?}");
    let collapsed = |line: &&String| {
        line.starts_with("DEBUG in follower message=cached call") && line.contains("; collapsed")
    };
    assert_eq!(lines.iter().filter(collapsed).count(), 1, "{lines:?}");
}

#[cached(ttl = "1m", stale_while_revalidate = "1h")]
async fn rate() -> u32 {
    debug!("the body");
    7
}

#[tokio::test(start_paused = true)]
async fn a_load_in_the_background_is_a_span_in_the_callers() {
    let (trace, _guard) = everything();
    rate().await;
    trace.take();
    advance(Duration::from_secs(61)).await;
    rate().instrument(info_span!("request")).await;
    assert_eq!(flush_background().await, 0);
    let lines = trace.take();
    assert_eq!(
        lines[1], r#"open cached_attr::load in request cache="traced::rate""#,
        "{lines:?}"
    );
    assert_eq!(
        lines[2],
        r#"DEBUG in request message=cached call cache="traced::rate" status=cached-attr; hit; detail=stale"#,
    );
    assert!(lines.contains(&"DEBUG in cached_attr::load message=the body".to_owned()));
    let events = lines.iter().filter(|line| line.contains("cached call"));
    assert_eq!(events.count(), 1, "the load belongs to no call: {lines:?}");
}

#[tokio::test]
async fn a_call_that_is_dropped_has_an_event_and_its_load_ends() {
    let (trace, _guard) = everything();
    static NEVER: Gate = Gate::new();
    #[cached(ttl = "1m")]
    async fn given_up() {
        NEVER.pass().await;
    }
    {
        let mut dropped = pin!(given_up());
        let polled = dropped
            .as_mut()
            .poll(&mut TaskContext::from_waker(Waker::noop()));
        assert_eq!(polled, Poll::Pending);
    }
    assert_eq!(
        trace.take(),
        [
            r#"open cached_attr::load in nothing cache="traced::given_up""#,
            &call("given_up", "fwd=miss"),
            "close cached_attr::load",
        ]
    );
}

#[tokio::test]
async fn calls_side_by_side_have_their_own_outcomes() {
    let (trace, _guard) = everything();
    price("known").await;
    trace.take();
    let (_, status) = join(price("known"), price("unknown")).with_status().await;
    let lines = trace.take();
    let ended = |what: &str| {
        lines
            .iter()
            .any(|line| line.contains("cached call") && line.contains(what))
    };
    assert!(
        ended("; hit; ttl=") && ended("; fwd=miss; stored"),
        "{lines:?}"
    );
    assert!(status.stored, "that of the last: {status}");
}

#[cached(ttl = "1m", batch = ids)]
async fn many(ids: Vec<u32>) -> std::collections::HashMap<u32, u32> {
    ids.into_iter().map(|id| (id, id)).collect()
}

#[tokio::test]
async fn a_batch_has_an_event_for_each_item_and_one_span() {
    let (trace, _guard) = everything();
    many(vec![1, 2, 3]).await;
    let lines = trace.take();
    let of = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!(
        (of("open cached_attr::load"), of("cached call"), of("close")),
        (1, 3, 1),
        "{lines:?}"
    );
}

#[cached(ttl = "1m", error_ttl = "1s")]
async fn dsn(user: &str) -> Result<String, String> {
    if user.ends_with('!') {
        return Err(format!("hunter2 of {user}"));
    }
    Ok(format!("postgres://{user}:hunter2@db"))
}

#[tokio::test]
async fn no_key_and_no_value_is_in_it() {
    let (trace, _guard) = everything();
    for user in ["alice", "alice", "alice!", "alice!"] {
        let _ = dsn(user).await;
    }
    join_all((0..3).map(|_| dsn("bob"))).await;
    let text = trace.take().concat();
    assert!(text.contains(r#"cache="traced::dsn""#), "{text}");
    for secret in ["alice", "bob", "hunter2", "postgres"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn at_the_level_info_there_is_nothing() {
    let (trace, _guard) = trace(LevelFilter::INFO);
    static SOURCE: Source = Source::new();
    #[cached(ttl = "1m")]
    async fn quiet() -> u32 {
        SOURCE.ask()
    }
    for _ in 0..3 {
        quiet().await;
    }
    assert_eq!(trace.take(), Vec::<String>::new());
}

#[cached(ttl = "1m", stale_if_error = "1h", soft_timeout = "50ms")]
async fn late() -> Result<u32, String> {
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(7)
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_load_moves_to_the_background_has_its_event_when_it_is_answered() {
    let (trace, _guard) = everything();
    assert_eq!(late().await, Ok(7));
    advance(Duration::from_secs(61)).await;
    trace.take();
    assert_eq!(late().await, Ok(7));
    assert_eq!(
        trace.take(),
        [
            r#"open cached_attr::load in nothing cache="traced::late""#,
            &call("late", "fwd=stale; detail=stale"),
        ]
    );
    assert_eq!(flush_background().await, 0);
    assert_eq!(trace.take(), ["close cached_attr::load"]);
}
