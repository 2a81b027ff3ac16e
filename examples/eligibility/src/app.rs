//! The service's routes.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    Bucket, CacheReport, Caller, ConfigError, Environment, Person, Status, campaign_configs_cache,
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
    /// The current time. It is read for every request, and never cached.
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

/// The answer of every live campaign that the consumer may use, for one person.
#[tracing::instrument(name = "eligibility", skip_all)]
async fn eligibility(
    State(app): State<App>,
    headers: HeaderMap,
    Query(person): Query<Person>,
) -> Result<impl IntoResponse, ConfigError> {
    let mapping = consumer_mapping(&app.bucket).await?;
    let caller = Caller::from_headers(&headers).with_flag_of(&mapping);
    let ((configs, status), with_names) = tokio::join!(
        read_configs(&app.bucket, &caller),
        is_feature_enabled(&app.bucket, &app.environment, "iteration_names"),
    );
    let (configs, now) = (configs?, (app.now)());
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

/// Expires this bucket's configs and mapping: the next request reads them afresh. It still gets the last good ones if
/// the bucket is away.
async fn refresh(State(app): State<App>) -> StatusCode {
    campaign_configs_cache()
        .expire(&campaign_configs_key(&app.bucket))
        .await;
    consumer_mapping_cache()
        .expire(&consumer_mapping_key(&app.bucket))
        .await;
    StatusCode::NO_CONTENT
}

async fn status(State(app): State<App>) -> Json<Status> {
    Json(Status {
        bucket: app.bucket.requests(),
        caches: CacheReport::all(),
    })
}

impl IntoResponse for ConfigError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Store(_) => StatusCode::BAD_GATEWAY,
            Self::Broken { .. } | Self::NoCampaigns | Self::NoConsumers => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        (status, self.to_string()).into_response()
    }
}
