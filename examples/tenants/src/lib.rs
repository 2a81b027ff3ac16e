//! A service for several tenants: each has settings, hosts and sessions of its own.
//!
//! A tenant's settings are what differs from the defaults. They come from the cache, else from the tenant's document,
//! else from the file that the service was deployed with.

mod app;
mod config;
mod documents;
mod error;
mod health;
mod hosts;
mod jobs;
mod session;
mod settings;
mod tenant;

pub use app::{App, router};
pub use config::{Config, Options};
pub use documents::{Documents, StoreError};
pub use error::{FieldError, TenantError};
pub use health::Status;
pub use hosts::{Host, tenant_of_host, tenant_of_host_cache};
pub use jobs::{Report, nightly_recompute, seed};
pub use session::{Session, session, session_cache};
pub use settings::{
    Overrides, Settings, Sources, document, document_cache, document_key, settings, update,
};
pub use tenant::TenantId;
