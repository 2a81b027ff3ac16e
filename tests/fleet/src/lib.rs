//! Tiers under test: one in memory with faults to order, real servers started for one test each, and what every
//! tier must do.

pub mod cluster;
pub mod fleet;
pub mod leading;
pub mod memory;
pub mod program;
pub mod proxy;
pub mod reader;
pub mod redis;
pub mod server;
