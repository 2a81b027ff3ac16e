//! What the service does, with SQLite in its process. The numbers are those of the system that it is modelled on.

mod access;
mod jobs;
mod lookups;
mod readers;
#[path = "../support/mod.rs"]
mod support;
mod writers;
