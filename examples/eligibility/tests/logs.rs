//! What is logged.
//!
//! In a process of its own, with one subscriber for all threads: tracing caches for the whole process which subscribers
//! want a log line, so a subscriber that only one thread has may miss lines while other threads log.

#[allow(dead_code, reason = "these tests use only a part of it")]
mod support;

use std::cell::RefCell;
use std::error::Error;
use std::fmt::Write as _;
use std::sync::Once;
use std::time::Duration;

use eligibility::{Caller, campaign_configs, consumer_mapping, parameter, read_configs};
use support::Observed;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

thread_local! {
    /// Everything that this thread logged: names of spans, and every field of spans and events.
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Installs the subscriber, once. A test runs on one thread, so the lines of this thread are the test's.
fn record() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Log);
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
    });
}

/// The lines since the last call.
fn logged() -> Vec<String> {
    LINES.take()
}

struct Log;

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {value:?}").expect("a String takes everything");
    }

    fn record_error(&mut self, _: &Field, value: &(dyn Error + 'static)) {
        let mut error = Some(value);
        while let Some(cause) = error {
            write!(self.0, " [{cause}]").expect("a String takes everything");
            error = cause.source();
        }
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut fields = Text::default();
        span.record(&mut fields);
        let line = format!("span {}{}", span.metadata().name(), fields.0);
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Text::default();
        event.record(&mut fields);
        let line = format!("{}{}", event.metadata().level(), fields.0);
        LINES.with_borrow_mut(|lines| lines.push(line));
    }
}

#[tokio::test(start_paused = true)]
async fn n_b17_hits_and_loads_are_told_apart_and_loads_have_spans_of_their_own() {
    record();
    let (bucket, _) = Observed::bucket(2).await;
    let caller = Caller::consumer("secret-consumer");

    read_configs(&bucket, &caller).await.0.unwrap();
    let load = logged();
    for line in [
        "span read campaign configs",
        "span load campaign configs",
        "span list campaign files",
        "span read campaign files",
        "INFO refreshing campaign configs",
    ] {
        assert!(
            load.iter().any(|logged| logged == line),
            "{line}: {load:#?}"
        );
    }

    read_configs(&bucket, &caller).await.0.unwrap();
    let hit = logged();
    assert_eq!(
        hit,
        [
            "span read campaign configs",
            "INFO using cached campaign configs"
        ]
    );

    let all = load.into_iter().chain(hit).collect::<String>();
    assert!(!all.contains("secret-consumer"), "{all}");
    assert!(!all.contains(bucket.name()), "{all}");
}

/// While a stale answer is served, the log is the only place where the failure shows.
#[tokio::test(start_paused = true)]
async fn a_failed_load_is_logged_with_its_cause_also_when_a_stale_answer_hides_it() {
    record();
    let (bucket, store) = Observed::bucket(1).await;
    let app = Caller::consumer("app");
    let failed = |what: &str| {
        vec![format!(
            "ERROR cannot load {what} [the bucket cannot be read] [Generic test error: 503 Slow Down] [503 Slow Down]"
        )]
    };
    let errors = || {
        let mut lines = logged();
        lines.retain(|line| line.starts_with("ERROR"));
        lines
    };

    campaign_configs(&bucket, &app).await.unwrap();
    store.set_broken(true);
    tokio::time::advance(Duration::from_secs(1800)).await;
    campaign_configs(&bucket, &app)
        .await
        .expect("a stale answer");
    assert_eq!(errors(), failed("campaign configs"));
    consumer_mapping(&bucket).await.unwrap_err();
    assert_eq!(errors(), failed("the consumer mapping"));
    parameter(&bucket, "/name").await.unwrap_err();
    assert_eq!(errors(), failed("a parameter"));
}
