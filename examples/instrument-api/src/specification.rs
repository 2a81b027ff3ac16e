//! How an instrument's data is reduced.

use cached_attr::cached;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ApiError, Db, DbError, Instrument};

/// A known instrument's specification, if it has one.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Specification {
    /// Any JSON.
    pub specification: Option<Value>,
}

/// An instrument's specification; `None` for an instrument that is not known.
#[cached(
    ttl = "2m",
    ttl_env = "INSTRUMENT_SPEC_CACHE_TTL_SECONDS",
    negative_ttl = "5s",
    shared,
    name = "instrument:spec",
    skip(db)
)]
pub async fn specification(
    db: &Db,
    instrument: &Instrument,
) -> Result<Option<Specification>, DbError> {
    let row: Option<Option<String>> =
        sqlx::query_scalar("SELECT specification FROM instruments WHERE name = $1")
            .bind(instrument.as_str())
            .fetch_optional(db.pool())
            .await?;
    let Some(text) = row else { return Ok(None) };
    let specification = text
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Some(Specification { specification }))
}

/// Replaces an instrument's specification.
///
/// With a guard, and not `#[invalidates]`: the guard is taken before the database is changed, so nothing stale is
/// left where this process crashes in between. It costs a second exchange with the tier.
pub async fn put_specification(
    db: &Db,
    instrument: &Instrument,
    value: &Value,
) -> Result<(), ApiError> {
    let guard = specification_cache().write(instrument).await;
    let update = sqlx::query("UPDATE instruments SET specification = $1 WHERE name = $2")
        .bind(value.to_string())
        .bind(instrument.as_str());
    let outcome = db.update(update).await;
    guard.commit().await;
    outcome
}
