//! The inspector's page in headless Chromium: a browser over its debugging protocol, and caches to look at.

pub mod browser;
pub mod server;
pub mod shop;
