//! The database: PostgreSQL, or SQLite where no server is wanted. Both understand the same statements.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::any::{AnyArguments, AnyPoolOptions};
use sqlx::query::Query;
use sqlx::{Any, AnyPool};
use thiserror::Error;

use crate::ApiError;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS instruments (
        name TEXT PRIMARY KEY, live_data INTEGER NOT NULL DEFAULT 0, script TEXT, specification TEXT, latest_run TEXT);
    CREATE TABLE IF NOT EXISTS jobs (
        id BIGINT PRIMARY KEY, instrument TEXT NOT NULL, owner BIGINT NOT NULL, state TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS experiments (user_number BIGINT NOT NULL, reference TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS packages (org TEXT NOT NULL, image TEXT NOT NULL, version TEXT NOT NULL);
";

/// A database. Clones refer to the same one.
#[derive(Clone, Debug)]
pub struct Db {
    pool: AnyPool,
    queries: Arc<AtomicU64>,
}

/// A statement failed. `Clone`, so that every caller that waited for one load gets its error.
#[derive(Clone, Debug, Error)]
#[error("the database cannot be used")]
pub struct DbError(#[source] Arc<sqlx::Error>);

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl Db {
    /// A database by URL: `postgres://user@host/name`, `sqlite://path`, or `sqlite::memory:`. Nothing is connected yet.
    pub fn open(url: &str) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        let options = AnyPoolOptions::new().acquire_timeout(Duration::from_secs(2));
        let options = if url == "sqlite::memory:" {
            // It lives as long as its connection, and another connection would have another one.
            options
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None)
        } else {
            options
        };
        Ok(Self {
            pool: options.connect_lazy(url)?,
            queries: Arc::default(),
        })
    }

    /// Creates the tables that are missing.
    pub async fn create_tables(&self) -> Result<(), DbError> {
        sqlx::raw_sql(TABLES).execute(&self.pool).await?;
        Ok(())
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }

    /// Statements that readers and writers have sent.
    #[must_use]
    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    /// Runs a statement that must change a row.
    pub(crate) async fn update(
        &self,
        statement: Query<'_, Any, AnyArguments>,
    ) -> Result<(), ApiError> {
        let done = statement
            .execute(self.pool())
            .await
            .map_err(DbError::from)?;
        match done.rows_affected() {
            0 => Err(ApiError::NotFound),
            _ => Ok(()),
        }
    }

    /// Connections, for one statement.
    pub(crate) fn pool(&self) -> &AnyPool {
        self.queries.fetch_add(1, Ordering::Relaxed);
        &self.pool
    }
}
