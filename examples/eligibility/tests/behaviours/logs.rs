//! What the log says of a call, and what it must not say.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use eligibility::{Caller, read_configs};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::support::Observed;

/// Everything logged: names of spans, and every field of spans and events.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn push(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{value:?}").expect("a String takes everything");
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut text = Text(format!("span {} ", span.metadata().name()));
        span.record(&mut text);
        self.push(text.0.trim_end().to_owned());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(format!("{} ", event.metadata().level()));
        event.record(&mut text);
        self.push(text.0);
    }
}

#[tokio::test(start_paused = true)]
async fn n_b17_hits_and_loads_are_told_apart_in_the_log_and_loads_have_spans_of_their_own() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(log.clone()));
    let (bucket, _) = Observed::bucket(2).await;
    let caller = Caller::consumer("secret-consumer");

    read_configs(&bucket, &caller).await.0.unwrap();
    let load = log.take();
    for line in [
        "span read campaign configs",
        "span load campaign configs",
        "span list campaign files",
        "span read campaign files",
    ] {
        assert!(
            load.iter().any(|logged| logged == line),
            "{line}: {load:#?}"
        );
    }
    assert!(
        load.iter()
            .any(|logged| logged == "INFO refreshing campaign configs"),
        "{load:#?}"
    );

    read_configs(&bucket, &caller).await.0.unwrap();
    let hit = log.take();
    assert_eq!(
        hit,
        [
            "span read campaign configs",
            "INFO using remembered campaign configs"
        ]
    );

    let said = load.into_iter().chain(hit).collect::<String>();
    assert!(
        !said.contains("secret-consumer") && !said.contains(bucket.name()),
        "{said}"
    );
}
