//! Who calls, and which callers always read the configs afresh.

use axum::http::HeaderMap;

use crate::ConsumerMapping;

/// Names the consumer.
const CONSUMER: &str = "NHSE-Product-ID";
/// `true`: read the configs afresh for this request.
const BYPASS: &str = "X-Bypass-Campaign-Config-Cache";

/// Consumers that exist to try out new configs.
///
/// An id is compared as a whole or from its start, not somewhere in the middle: `latest-consumer` is an ordinary
/// consumer, and its requests must not read the whole bucket each time.
#[derive(Clone, Copy, Debug)]
pub struct Reserved {
    /// These ids.
    pub ids: &'static [&'static str],
    /// All ids with one of these prefixes.
    pub prefixes: &'static [&'static str],
}

impl Reserved {
    /// The consumers that this service reserves.
    pub const HERE: Self = Self {
        ids: &[
            "test-consumer-1",
            "test-consumer-2",
            "test-consumer-3",
            "config-preview",
        ],
        prefixes: &["test-"],
    };

    /// Whether this consumer is one of them.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.ids.contains(&id) || self.prefixes.iter().any(|prefix| id.starts_with(prefix))
    }
}

/// What a request says about its sender.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    consumer: String,
    bypass: bool,
}

impl Caller {
    /// A consumer that sends no bypass header.
    #[must_use]
    pub fn consumer(id: &str) -> Self {
        Self {
            consumer: id.to_owned(),
            bypass: false,
        }
    }

    /// Reads the headers. Without an id, the consumer is the empty one.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        Self {
            consumer: text(CONSUMER).to_owned(),
            bypass: text(BYPASS).eq_ignore_ascii_case("true"),
        }
    }

    /// The same caller; it reads afresh also when the mapping flags its consumer.
    #[must_use]
    pub fn with_flag_of(self, mapping: &ConsumerMapping) -> Self {
        Self {
            bypass: self.bypass || mapping.reads_afresh(&self.consumer),
            ..self
        }
    }

    /// The consumer's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.consumer
    }

    /// Whether this caller bypasses the cache.
    #[must_use]
    pub fn reads_afresh(&self) -> bool {
        self.bypass || Reserved::HERE.contains(&self.consumer)
    }
}
