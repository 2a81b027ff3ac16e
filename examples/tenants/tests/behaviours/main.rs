//! What the service does in one process. The numbers are those of the system that it is modelled on.

mod changes;
mod health;
mod hosts;
mod jobs;
mod resolution;
mod sessions;
#[path = "../support/mod.rs"]
mod support;
