//! From a Lambda invocation to the handler.

use std::time::Duration;

use cached_attr::CacheControlExt as _;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};

use crate::aws::Aws;
use crate::handler::{Event, HandlerError, Receipt, handler, prefetch};
use crate::partner::Partner;
use crate::retry_once::retry_once;

/// What lives as long as the container: clients, made once.
#[derive(Clone, Debug)]
pub struct App {
    /// AWS.
    pub aws: Aws,
    /// The partner that gets the orders.
    pub partner: Partner,
}

/// Prefetches, then handles invocations until the container ends.
pub async fn serve(app: App) -> Result<(), lambda_runtime::Error> {
    prefetch(&app).await;
    let app = &app;
    lambda_runtime::run(service_fn(move |invocation: LambdaEvent<Event>| {
        invoke(app, invocation.payload)
    }))
    .await
}

/// One invocation. An order with `fresh` set loads all settings again; after a failure that an outdated setting caused,
/// that one setting is loaded again.
pub async fn invoke(app: &App, event: Event) -> Result<Receipt, HandlerError> {
    if matches!(&event, Event::Order(order) if order.fresh) {
        return handler(app, event).max_age(Duration::ZERO).await;
    }
    retry_once(
        async || handler(app, event.clone()).await,
        HandlerError::invalidate_cause,
    )
    .await
}

impl From<HandlerError> for Diagnostic {
    fn from(error: HandlerError) -> Self {
        let error_type = match &error {
            HandlerError::Load(_) => "Load",
            HandlerError::Partner(_) => "Partner",
            HandlerError::Refused { .. } => "Refused",
            HandlerError::Malformed(_) => "Malformed",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: error.to_string(),
        }
    }
}
