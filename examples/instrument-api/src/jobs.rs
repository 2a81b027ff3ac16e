//! Jobs: lists by filter, counts, and a writer that changes all of them.

use cached_attr::{cached, invalidates};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::{ApiError, Db, DbError, Instrument};

/// One job.
#[derive(Clone, Debug, Deserialize, Eq, FromRow, PartialEq, Serialize)]
pub struct Job {
    /// Unique.
    pub id: i64,
    /// Where it runs.
    pub instrument: String,
    /// Whose it is.
    pub owner: i64,
    /// How it goes.
    pub state: String,
}

/// Which jobs, and how many of them: as a whole the key of a list.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, PartialEq)]
#[serde(default)]
pub struct JobFilter {
    /// Of one instrument only.
    pub instrument: Option<Instrument>,
    /// Of one state only.
    pub state: Option<String>,
    /// At most this many; 100 where it is absent.
    pub limit: Option<u16>,
    /// After this many.
    pub offset: u32,
    /// The first or the last ones first.
    pub order: Order,
}

/// The first or the last jobs first.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// By rising number.
    Asc,
    /// The last one first.
    #[default]
    Desc,
}

/// Jobs by filter: those of one owner, or with `None`, which is for staff, of everybody.
#[cached(
    ttl = "15s",
    ttl_env = "JOB_LIST_CACHE_TTL_SECONDS",
    tags = ["jobs"],
    name = "jobs:list",
    skip(db)
)]
pub async fn jobs(db: &Db, owner: Option<i64>, filter: &JobFilter) -> Result<Vec<Job>, DbError> {
    let direction: i64 = match filter.order {
        Order::Asc => 1,
        Order::Desc => -1,
    };
    let jobs = sqlx::query_as(
        "SELECT id, instrument, owner, state FROM jobs
         WHERE (CAST($1 AS BIGINT) IS NULL OR owner = $1)
           AND (CAST($2 AS TEXT) IS NULL OR instrument = $2)
           AND (CAST($3 AS TEXT) IS NULL OR state = $3)
         ORDER BY id * $4 LIMIT $5 OFFSET $6",
    )
    .bind(owner)
    .bind(filter.instrument.as_ref().map(Instrument::as_str))
    .bind(filter.state.as_deref())
    .bind(direction)
    .bind(i64::from(filter.limit.unwrap_or(100)))
    .bind(i64::from(filter.offset));
    Ok(jobs.fetch_all(db.pool()).await?)
}

/// How many jobs there are, of one instrument or of all.
#[cached(
    ttl = "15s",
    ttl_env = "JOB_COUNT_CACHE_TTL_SECONDS",
    tags = ["jobs"],
    name = "jobs:count",
    skip(db)
)]
pub async fn job_count(db: &Db, instrument: Option<&Instrument>) -> Result<i64, DbError> {
    let count = sqlx::query_scalar(
        "SELECT COUNT(*) FROM jobs WHERE CAST($1 AS TEXT) IS NULL OR instrument = $1",
    )
    .bind(instrument.map(Instrument::as_str));
    Ok(count.fetch_one(db.pool()).await?)
}

/// Changes a job. Which lists it is in cannot be seen from here: every answer about jobs has the tag.
#[invalidates(tag("jobs"))]
pub async fn set_job_state(db: &Db, id: i64, state: &str) -> Result<(), ApiError> {
    let update = sqlx::query("UPDATE jobs SET state = $1 WHERE id = $2")
        .bind(state)
        .bind(id);
    db.update(update).await
}
