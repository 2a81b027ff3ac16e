//! The service's routes.

use axum::extract::{FromRef, Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, patch};
use axum::{Json, Router};
use cached_attr::{CacheControlExt as _, CacheStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::Staff;
use crate::{
    ApiError, Claims, Db, Instrument, Job, JobFilter, Keys, LatestRun, Role, experiments,
    instruments, job_count, jobs, latest_run, packages, put_latest_run, put_script,
    put_specification, script, set_job_state, specification,
};

/// What the routes share.
#[derive(Clone)]
pub struct App {
    /// Where everything is.
    pub db: Db,
    /// What verifies tokens.
    pub keys: Keys,
}

impl FromRef<App> for Db {
    fn from_ref(app: &App) -> Self {
        app.db.clone()
    }
}

/// All routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/live-data/instruments", get(get_instruments))
        .route(
            "/live-data/{instrument}/script",
            get(get_script).put(replace_script),
        )
        .route(
            "/instrument/{instrument}/specification",
            get(get_specification).put(replace_specification),
        )
        .route(
            "/instrument/{instrument}/latest-run",
            get(get_latest_run).put(replace_latest_run),
        )
        .route("/jobs", get(get_jobs))
        .route("/jobs/count", get(get_job_count))
        .route("/job/{id}", patch(change_job))
        .route("/experiments", get(get_experiments))
        .route("/packages/{org}/{image}", get(get_packages))
        .route("/healthz", get(async || "ok"))
        .route("/ready", get(ready))
        .route("/status", get(status))
        .with_state(app)
}

/// An answer, and how the cache came by it (RFC 9211).
struct Cached<T>(T, CacheStatus);

impl<T: Serialize> IntoResponse for Cached<T> {
    fn into_response(self) -> axum::response::Response {
        ([("cache-status", self.1.to_string())], Json(self.0)).into_response()
    }
}

async fn get_instruments(State(db): State<Db>) -> Result<Cached<Vec<String>>, ApiError> {
    let (names, status) = instruments(&db).with_status().await;
    Ok(Cached(names?, status))
}

async fn get_script(
    State(db): State<Db>,
    Path(instrument): Path<Instrument>,
) -> Result<Cached<Option<String>>, ApiError> {
    let (script, status) = script(&db, &instrument).with_status().await;
    let script = script?.ok_or(ApiError::NotFound)?;
    Ok(Cached(script.script, status))
}

/// A new script.
#[derive(Deserialize)]
struct NewScript {
    value: String,
}

async fn replace_script(
    _: Staff,
    State(db): State<Db>,
    Path(instrument): Path<Instrument>,
    Json(new): Json<NewScript>,
) -> Result<Json<&'static str>, ApiError> {
    put_script(&db, &instrument, &new.value).await?;
    Ok(Json("ok"))
}

async fn get_specification(
    _: Staff,
    State(db): State<Db>,
    Path(instrument): Path<Instrument>,
) -> Result<Cached<Option<Value>>, ApiError> {
    let (specification, status) = specification(&db, &instrument).with_status().await;
    let specification = specification?.ok_or(ApiError::NotFound)?;
    Ok(Cached(specification.specification, status))
}

async fn replace_specification(
    _: Staff,
    State(db): State<Db>,
    Path(instrument): Path<Instrument>,
    Json(new): Json<Value>,
) -> Result<Json<Value>, ApiError> {
    put_specification(&db, &instrument, &new).await?;
    Ok(Json(new))
}

async fn get_latest_run(
    _: Staff,
    State(db): State<Db>,
    Path(instrument): Path<Instrument>,
) -> Result<Cached<LatestRun>, ApiError> {
    let (run, status) = latest_run(&db, &instrument).with_status().await;
    Ok(Cached(run?.ok_or(ApiError::NotFound)?, status))
}

/// A run that has ended.
#[derive(Deserialize, Serialize)]
struct NewRun {
    latest_run: String,
}

async fn replace_latest_run(
    _: Staff,
    State(db): State<Db>,
    Path(instrument): Path<Instrument>,
    Json(new): Json<NewRun>,
) -> Result<Json<NewRun>, ApiError> {
    put_latest_run(&db, &instrument, &new.latest_run).await?;
    Ok(Json(new))
}

/// Staff see all jobs, and everybody else their own.
async fn get_jobs(
    caller: Claims,
    State(db): State<Db>,
    Query(filter): Query<JobFilter>,
) -> Result<Cached<Vec<Job>>, ApiError> {
    let owner = (caller.role != Role::Staff).then_some(caller.user_number);
    let (jobs, status) = jobs(&db, owner, &filter).with_status().await;
    Ok(Cached(jobs?, status))
}

/// Which jobs are counted.
#[derive(Deserialize)]
struct Counted {
    instrument: Option<Instrument>,
}

/// A number of jobs.
#[derive(Serialize)]
struct Count {
    count: i64,
}

async fn get_job_count(
    State(db): State<Db>,
    Query(counted): Query<Counted>,
) -> Result<Cached<Count>, ApiError> {
    let (count, status) = job_count(&db, counted.instrument.as_ref())
        .with_status()
        .await;
    Ok(Cached(Count { count: count? }, status))
}

/// How a job goes on.
#[derive(Deserialize)]
struct NewState {
    state: String,
}

async fn change_job(
    _: Staff,
    State(db): State<Db>,
    Path(id): Path<i64>,
    Json(new): Json<NewState>,
) -> Result<StatusCode, ApiError> {
    set_job_state(&db, id, &new.state).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A user whose experiments cannot be looked up has none for now. That is not cached: the next request tries again.
async fn get_experiments(caller: Claims, State(db): State<Db>) -> Json<Vec<String>> {
    let found = experiments(&db, caller.user_number).await;
    Json(found.unwrap_or_default())
}

async fn get_packages(
    _: Staff,
    State(db): State<Db>,
    Path((org, image)): Path<(String, String)>,
) -> Result<Json<Vec<String>>, ApiError> {
    Ok(Json(packages(&db, &org, &image).await?))
}

async fn ready(State(db): State<Db>) -> StatusCode {
    if db.is_ready().await {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

/// What the service has done so far.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// Statements sent to the database.
    pub queries: u64,
    /// Whether a shared tier is in use and answers; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier_is_up: Option<bool>,
}

async fn status(State(db): State<Db>) -> Json<Health> {
    Json(Health {
        queries: db.queries(),
        tier_is_up: cached_attr::tier::installed().map(|tier| tier.is_up()),
    })
}
