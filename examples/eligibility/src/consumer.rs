//! Who calls, and who among them never gets a remembered answer.

use axum::http::HeaderMap;

/// Names the product that calls.
const CONSUMER: &str = "NHSE-Product-ID";
/// `true`: read the configs afresh for this one request.
const BYPASS: &str = "X-Bypass-Campaign-Config-Cache";

/// Consumers that exist to try out new configs.
///
/// Matched whole or from the start, never somewhere inside: `latest-consumer` is an ordinary one, and
/// must not make every request of its own read the bucket.
#[derive(Clone, Copy, Debug)]
pub struct Reserved {
    /// These, to the letter.
    pub ids: &'static [&'static str],
    /// All that start so.
    pub prefixes: &'static [&'static str],
}

impl Reserved {
    /// The consumers this service reserves.
    pub const HERE: Self = Self {
        ids: &[
            "test-consumer-1",
            "test-consumer-2",
            "test-consumer-3",
            "config-preview",
        ],
        prefixes: &["test-"],
    };

    /// Is this consumer one of them?
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

    /// Reads the headers. A consumer that names itself not at all is the empty one.
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

    /// The consumer's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.consumer
    }

    /// Does this caller want nothing remembered?
    #[must_use]
    pub fn reads_afresh(&self) -> bool {
        self.bypass || Reserved::HERE.contains(&self.consumer)
    }
}
