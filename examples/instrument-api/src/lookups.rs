//! Two lookups that differ in what they do when the source fails.

use cached_attr::cached;

use crate::{Db, DbError};

/// The experiments of a user. That there are none is cached like any other list; a failure is not.
#[cached(
    ttl = "2m",
    ttl_env = "AUTH_EXPERIMENTS_CACHE_TTL_SECONDS",
    name = "auth:experiments",
    skip(db)
)]
pub async fn experiments(db: &Db, user_number: i64) -> Result<Vec<String>, DbError> {
    let references = sqlx::query_scalar(
        "SELECT reference FROM experiments WHERE user_number = $1 ORDER BY reference",
    )
    .bind(user_number);
    Ok(references.fetch_all(db.pool()).await?)
}

/// The published versions of an image.
#[cached(
    ttl = "5m",
    ttl_env = "GITHUB_PACKAGES_CACHE_TTL_SECONDS",
    name = "github:packages",
    skip(db)
)]
pub async fn packages(db: &Db, org: &str, image: &str) -> Result<Vec<String>, DbError> {
    let versions = sqlx::query_scalar(
        "SELECT version FROM packages WHERE org = $1 AND image = $2 ORDER BY version",
    )
    .bind(org)
    .bind(image);
    Ok(versions.fetch_all(db.pool()).await?)
}
