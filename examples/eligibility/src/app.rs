//! The service's routes.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    Bucket, CacheReport, Caller, ConfigError, Environment, Person, campaign_configs_cache,
    campaign_configs_key, consumer_mapping, consumer_mapping_cache, consumer_mapping_key,
    is_feature_enabled, read_configs,
};

/// What the routes share.
#[derive(Clone, Debug)]
pub struct App {
    /// Where the configs are.
    pub bucket: Bucket,
    /// Where the service runs.
    pub environment: Environment,
    /// The present, asked anew for every request and never remembered.
    pub now: fn() -> DateTime<Utc>,
}

/// One campaign's answer about a person.
#[derive(Serialize)]
struct Answer {
    campaign: String,
    version: u32,
    eligible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<String>,
}

/// All routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/eligibility", get(eligibility))
        .route("/configs/refresh", post(refresh))
        .route("/status", get(status))
        .with_state(app)
}

/// What every live campaign the consumer may ask about says about a person.
#[tracing::instrument(name = "eligibility", skip_all)]
async fn eligibility(
    State(app): State<App>,
    headers: HeaderMap,
    Query(person): Query<Person>,
) -> Result<impl IntoResponse, ConfigError> {
    let caller = Caller::from_headers(&headers);
    let ((configs, status), mapping, with_names) = tokio::join!(
        read_configs(&app.bucket, &caller),
        consumer_mapping(&app.bucket),
        is_feature_enabled(&app.bucket, &app.environment, "iteration_names"),
    );
    let (configs, mapping, now) = (configs?, mapping?, (app.now)());
    let answers = configs
        .iter()
        .filter(|campaign| mapping.allows(caller.id(), &campaign.target));
    let answers = answers.filter_map(|campaign| {
        let iteration = campaign.iteration_at(now)?;
        Some(Answer {
            campaign: campaign.id.clone(),
            version: campaign.version,
            eligible: iteration.admits(person),
            iteration: with_names.then(|| iteration.name.clone()),
        })
    });
    Ok((
        [("cache-status", status.to_string())],
        Json(answers.collect::<Vec<_>>()),
    ))
}

/// Forgets this bucket's configs and mapping: whoever asks next reads them afresh.
async fn refresh(State(app): State<App>) -> StatusCode {
    campaign_configs_cache()
        .invalidate(&campaign_configs_key(&app.bucket))
        .await;
    consumer_mapping_cache()
        .invalidate(&consumer_mapping_key(&app.bucket))
        .await;
    StatusCode::NO_CONTENT
}

async fn status() -> Json<Vec<CacheReport>> {
    Json(CacheReport::all())
}

impl IntoResponse for ConfigError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Store(_) => StatusCode::BAD_GATEWAY,
            Self::Broken { .. } | Self::NoCampaigns => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, self.to_string()).into_response()
    }
}
