#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod access;
mod control;
mod page;
mod snapshot;
mod stream;
#[cfg(feature = "shared")]
mod tier;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use access::Token;

/// How the page is made: [`Inspector::new`] for one that only shows.
///
/// ```
/// use axum::Router;
/// use cached_attr_inspector::Inspector;
///
/// let app: Router = Router::new().nest("/caches", Inspector::new().router());
/// ```
#[derive(Clone)]
pub struct Inspector {
    token: Option<Token>,
    started: Instant,
}

impl Inspector {
    /// A page that shows and changes nothing.
    #[must_use]
    pub fn new() -> Self {
        Inspector {
            token: None,
            started: Instant::now(),
        }
    }

    /// Lets whoever has this token clear, expire, disable and enable a cache. An empty token changes nothing: the page
    /// stays one that only shows.
    ///
    /// Requests of other origins are refused, with the token too.
    ///
    /// ```
    /// # use cached_attr_inspector::Inspector;
    /// let token = std::env::var("INSPECTOR_TOKEN").unwrap_or_default();
    /// let router: axum::Router = Inspector::new().control(&token).router();
    /// ```
    #[must_use]
    pub fn control(mut self, token: &str) -> Self {
        self.token = Token::new(token);
        self
    }

    /// The router, for [`Router::nest`] or, at the root, [`Router::merge`]. It has one path, which answers by `Accept`: the
    /// page for `text/html`, a stream for `text/event-stream`, and JSON for anything else.
    ///
    /// Add what your service has for authentication as a layer: whoever reaches the page sees the names and figures of
    /// every cached function.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        Router::new()
            .route("/", get(page::answer).post(control::answer))
            .layer(DefaultBodyLimit::max(control::LONGEST_BODY))
            .with_state(Arc::new(self))
    }
}

impl Default for Inspector {
    fn default() -> Self {
        Inspector::new()
    }
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector")
            .field("control", &self.token.is_some())
            .finish_non_exhaustive()
    }
}

/// A page that shows and changes nothing: [`Inspector::new`]'s.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Inspector::new().router()
}
