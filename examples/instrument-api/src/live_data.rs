//! Instruments with live data, and the script that each runs.

use cached_attr::{cached, invalidates};
use serde::{Deserialize, Serialize};

use crate::{ApiError, Db, DbError, Instrument};

/// A known instrument's script, if it has one.
///
/// Stored as `{"script": null}` where there is none. Another field's name is a record of another version: without
/// `deny_unknown_fields` serde would read it as `None`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Its text.
    pub script: Option<String>,
}

/// The names of all instruments with live data. They change by deployment, so their ttl is all that ends an answer.
#[cached(
    ttl = "2m",
    ttl_env = "LIVE_DATA_INSTRUMENTS_CACHE_TTL_SECONDS",
    shared,
    name = "live_data:instruments",
    skip(db)
)]
pub async fn instruments(db: &Db) -> Result<Vec<String>, DbError> {
    let names =
        sqlx::query_scalar("SELECT name FROM instruments WHERE live_data = 1 ORDER BY name");
    Ok(names.fetch_all(db.pool()).await?)
}

/// An instrument's script; `None` for an instrument that is not known, for a few seconds.
#[cached(
    ttl = "1m",
    ttl_env = "LIVE_DATA_SCRIPT_CACHE_TTL_SECONDS",
    negative_ttl = "5s",
    shared,
    name = "live_data:script",
    skip(db)
)]
pub async fn script(db: &Db, instrument: &Instrument) -> Result<Option<Script>, DbError> {
    let script = sqlx::query_scalar("SELECT script FROM instruments WHERE name = $1")
        .bind(instrument.as_str())
        .fetch_optional(db.pool())
        .await?;
    Ok(script.map(|script| Script { script }))
}

/// Gives an instrument a script.
#[invalidates(script(instrument))]
pub async fn put_script(db: &Db, instrument: &Instrument, text: &str) -> Result<(), ApiError> {
    let update = sqlx::query("UPDATE instruments SET script = $1 WHERE name = $2")
        .bind(text)
        .bind(instrument.as_str());
    db.update(update).await
}
