//! The service in processes of its own, over real servers.

mod by_hand;
mod crashes;
mod database;
mod environment;
mod postgres;
mod program;
mod replicas;
mod shared;
#[path = "../support/mod.rs"]
mod support;
mod transaction;
