//! What is logged, to look at.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// The lines logged so far: level, then every field.
#[derive(Clone, Debug, Default)]
pub struct Logged(Arc<Mutex<Vec<String>>>);

impl Logged {
    /// All lines.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Records what this thread logs while the guard lives, but for debug messages.
#[must_use]
pub fn record_log() -> (Logged, DefaultGuard) {
    record_from(Level::INFO)
}

/// Records everything that this thread logs while the guard lives.
#[must_use]
pub fn record_whole_log() -> (Logged, DefaultGuard) {
    record_from(Level::TRACE)
}

fn record_from(level: Level) -> (Logged, DefaultGuard) {
    let logged = Logged::default();
    let recorder = Recorder {
        logged: logged.clone(),
        level,
    };
    (logged, tracing::subscriber::set_default(recorder))
}

struct Recorder {
    logged: Logged,
    level: Level,
}

impl Recorder {
    fn line(&self, start: String, record: impl FnOnce(&mut Line)) {
        let mut line = Line(start);
        record(&mut line);
        self.logged
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line.0);
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(format!("span {}", span.metadata().name()), |line| {
            span.record(line);
        });
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.line("record".to_owned(), |line| {
            values.record(line);
        });
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.line(event.metadata().level().to_string(), |line| {
            event.record(line);
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}
