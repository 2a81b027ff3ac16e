//! The service in processes of its own, over real servers.

mod database;
mod environment;
mod postgres;
mod program;
#[path = "../support/mod.rs"]
mod support;
