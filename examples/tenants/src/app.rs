//! The service's routes.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Host, Overrides, Report, Session, Settings, Sources, Status, TenantError, TenantId, health,
    nightly_recompute, session, settings, tenant_of_host, update,
};

/// What the routes share.
pub type App = Arc<Sources>;

/// All routes; what is for tenants also under `/public`, which a gateway forwards.
pub fn router(app: App) -> Router {
    let for_tenants = || {
        Router::new()
            .route("/settings", get(get_settings))
            .route("/session", get(get_session))
    };
    let administration = || {
        Router::new().route(
            "/tenant_settings",
            get(get_tenant_settings).post(post_tenant_settings),
        )
    };
    let public = if app.options.settings_public {
        for_tenants().merge(administration())
    } else {
        for_tenants()
    };
    Router::new()
        .merge(for_tenants())
        .merge(administration())
        .nest("/public", public)
        .route("/nightly", post(nightly))
        .route("/healthcheck", get(healthcheck))
        .route("/status", get(status))
        .with_state(app)
}

/// The tenant of a request: the one in `X-Tenant`, else the one whose host is in `X-Forwarded-Host`.
struct Tenant(TenantId, Settings);

impl FromRequestParts<App> for Tenant {
    type Rejection = TenantError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, TenantError> {
        let id = match header(&parts.headers, "x-tenant") {
            Some(name) => TenantId::try_from(name.to_owned()).ok(),
            None => match header(&parts.headers, "x-forwarded-host") {
                Some(host) => tenant_of_host(app, &Host::from(host)).await?,
                None => None,
            },
        };
        let id = id.ok_or(TenantError::NotFound)?;
        let settings = settings(app, &id).await?;
        Ok(Self(id, settings))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

async fn get_settings(Tenant(_, settings): Tenant) -> Json<Settings> {
    Json(settings)
}

async fn get_session(
    State(app): State<App>,
    Tenant(tenant, _): Tenant,
    headers: HeaderMap,
) -> Result<Json<Session>, Response> {
    let id = header(&headers, "x-session").and_then(|id| TenantId::try_from(id.to_owned()).ok());
    let Some(id) = id else {
        return Err(StatusCode::UNAUTHORIZED.into_response());
    };
    let found = session(&app.documents, &tenant, &id).await;
    let found = found.map_err(|error| TenantError::from(error).into_response())?;
    found
        .map(Json)
        .ok_or_else(|| StatusCode::UNAUTHORIZED.into_response())
}

/// `?tenant=acme`
#[derive(Deserialize)]
struct Named {
    tenant: TenantId,
}

async fn get_tenant_settings(
    State(app): State<App>,
    Query(named): Query<Named>,
) -> Result<Json<Settings>, TenantError> {
    settings(&app, &named.tenant).await.map(Json)
}

async fn post_tenant_settings(
    State(app): State<App>,
    Query(named): Query<Named>,
    Json(changes): Json<Overrides>,
) -> Result<Json<Settings>, TenantError> {
    update(&app, &named.tenant, &changes).await.map(Json)
}

/// What a timer calls at night.
async fn nightly(State(app): State<App>) -> Result<Json<Option<Report>>, TenantError> {
    Ok(Json(nightly_recompute(&app).await?))
}

async fn healthcheck(State(app): State<App>) -> impl IntoResponse {
    match health::check(&app).await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ok" }))),
        Err(problem) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "detail": problem })),
        ),
    }
}

async fn status(State(app): State<App>) -> Json<Status> {
    Json(Status::of(&app))
}
