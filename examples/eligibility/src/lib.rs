//! A vaccination service that reads campaign configs from a bucket, and caches them.
//!
//! The README says what to run. The cached functions are [`campaign_configs`], [`consumer_mapping`]
//! and [`parameter`]; everything else is an ordinary axum service.
//!
//! A cached value is shared and read-only, so no caller can change what another one gets:
//!
//! ```compile_fail,E0594
//! # async fn n_f4(bucket: &eligibility::Bucket, caller: &eligibility::Caller) {
//! let configs = eligibility::campaign_configs(bucket, caller).await.unwrap();
//! configs[0].version = 777;
//! # }
//! ```

mod app;
mod bucket;
mod campaign;
mod configs;
mod consumer;
mod environment;
mod error;
mod load;
mod mapping;
mod report;
pub mod sample;
mod startup;
mod toggles;

pub use app::{App, router};
pub use bucket::{Bucket, Requests};
pub use campaign::{Campaign, Iteration, Operator, Person, Rule};
pub use configs::{campaign_configs, campaign_configs_cache, campaign_configs_key, read_configs};
pub use consumer::{Caller, Reserved};
pub use environment::Environment;
pub use error::ConfigError;
pub use mapping::{
    ConsumerMapping, consumer_mapping, consumer_mapping_cache, consumer_mapping_key,
};
pub use report::{CacheReport, Status};
pub use startup::announce;
pub use toggles::{is_feature_enabled, parameter, parameter_cache, parameter_key};
