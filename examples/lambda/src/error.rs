//! Why something could not be loaded.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

/// Why something could not be loaded. Names may appear in it, values never.
///
/// It is `Clone`, so that every caller that waited for one load gets its error.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It does not exist.
    #[error("{kind} not found: {}; create it or correct the spelling; case counts", names.join(", "))]
    Missing {
        /// What kind of thing it is.
        kind: Kind,
        /// All that are missing, not the first one only.
        names: Vec<String>,
    },
    /// The thing exists, and is of another type.
    #[error("{name} is {found}, not {wanted}: read it as what it is")]
    OtherType {
        /// Which one.
        name: String,
        /// What it was read as.
        wanted: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// The service denies the request.
    #[error("{operation} was denied ({code}): look at the permissions of the function's role")]
    Denied {
        /// The request.
        operation: &'static str,
        /// The service's error code.
        code: String,
    },
    /// The service limits the rate of requests.
    #[error("{operation} was throttled: too many requests; the next call tries again")]
    Throttled {
        /// The request.
        operation: &'static str,
    },
    /// The service is away, slow or broken.
    #[error("{operation} failed; the next call tries again")]
    Failed {
        /// The request.
        operation: &'static str,
        /// What the client reports.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The text is not the address of an object.
    #[error("not the address of an object: {problem}; write `s3://bucket/key`")]
    Address {
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The kinds of things that are loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A parameter of the Systems Manager.
    Parameter,
    /// A secret of the Secrets Manager.
    Secret,
    /// An object in a bucket.
    Object,
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Parameter => "parameter",
            Self::Secret => "secret",
            Self::Object => "object",
        })
    }
}

impl LoadError {
    pub(crate) fn missing(kind: Kind, name: &str) -> Self {
        Self::Missing {
            kind,
            names: vec![name.to_owned()],
        }
    }

    /// Whether the service is away or overloaded, so that a stale value is better than none. A denial or a missing name is
    /// an answer: somebody took the thing away.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Failed { .. })
    }

    /// Classifies what the client reports by what a caller can do about it.
    pub(crate) fn of<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        let code = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code);
        match (code, status) {
            (Some(code), status) if is_denial(code, status) => Self::Denied {
                operation,
                code: code.to_owned(),
            },
            (
                Some(
                    "ThrottlingException" | "Throttling" | "TooManyRequestsException" | "SlowDown",
                ),
                _,
            )
            | (_, Some(429)) => Self::Throttled { operation },
            _ => Self::Failed {
                operation,
                source: Arc::new(error),
            },
        }
    }
}

fn is_denial(code: &str, status: Option<u16>) -> bool {
    // The services that speak JSON answer 400 to everything, so the status alone does not say.
    matches!(status, Some(401 | 403))
        || code.starts_with("AccessDenied")
        || code.starts_with("ExpiredToken")
        || matches!(
            code,
            "UnrecognizedClientException" | "InvalidSignatureException"
        )
}
