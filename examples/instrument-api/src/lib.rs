//! What a facility's instruments run: a service over a database whose readers are cached.
//!
//! Each module has the readers and the writers of one thing, so that what is cached stands next to what changes it.

mod app;
mod auth;
mod db;
mod error;
mod instrument;
mod jobs;
mod live_data;
mod lookups;
mod run;
mod sample;
mod specification;
mod startup;

pub use app::{App, Health, router};
pub use auth::{Claims, Keys, Role};
pub use db::{Db, DbError};
pub use error::ApiError;
pub use instrument::Instrument;
pub use jobs::{
    Job, JobFilter, Order, job_count, job_count_cache, jobs, jobs_cache, set_job_state,
};
pub use live_data::{
    Script, instruments, instruments_cache, put_script, script, script_cache, script_key,
};
pub use lookups::{experiments, experiments_cache, packages, packages_cache};
pub use run::{LatestRun, latest_run, latest_run_cache, latest_run_key, put_latest_run};
pub use sample::fill;
pub use specification::{
    Specification, put_specification, specification, specification_cache, specification_key,
};
pub use startup::announce;
