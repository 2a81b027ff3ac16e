//! The run that an instrument has finished last.

use cached_attr::{cached, invalidates};
use serde::{Deserialize, Serialize};

use crate::{ApiError, Db, DbError, Instrument};

/// A known instrument's latest run, if it has had one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LatestRun {
    /// Its name.
    pub latest_run: Option<String>,
}

/// An instrument's latest run; `None` for an instrument that is not known.
#[cached(
    ttl = "15s",
    ttl_env = "INSTRUMENT_LATEST_RUN_CACHE_TTL_SECONDS",
    negative_ttl = "5s",
    shared,
    name = "instrument:latest_run",
    skip(db)
)]
pub async fn latest_run(db: &Db, instrument: &Instrument) -> Result<Option<LatestRun>, DbError> {
    let run = sqlx::query_scalar("SELECT latest_run FROM instruments WHERE name = $1")
        .bind(instrument.as_str())
        .fetch_optional(db.pool())
        .await?;
    Ok(run.map(|latest_run| LatestRun { latest_run }))
}

/// Records a run.
#[invalidates(latest_run(instrument))]
pub async fn put_latest_run(db: &Db, instrument: &Instrument, run: &str) -> Result<(), ApiError> {
    let update = sqlx::query("UPDATE instruments SET latest_run = $1 WHERE name = $2")
        .bind(run)
        .bind(instrument.as_str());
    db.update(update).await
}
