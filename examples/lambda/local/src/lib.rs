//! What replaces AWS in the tests and local runs of the lambda example. The deployed function has none of this.
//!
//! - [`Services`]: moto with everything that the handler needs, and a record of the requests that reach it.
//! - [`Seed`]: writes parameters, secrets and objects into moto.
//! - [`Function`]: the deployed program as a child process, driven through the Lambda Runtime API.
//! - [`PartnerApi`]: the partner.
//! - [`Wire`]: a client for the AWS SDK, for tests, that records requests and injects faults.

#![allow(
    clippy::missing_panics_doc,
    reason = "nothing here can go on without moto or a free port"
)]

mod fault;
mod function;
mod partner_api;
mod runtime_api;
mod seed;
mod server;
mod services;
mod wire;

pub use fault::{Fault, Hold};
pub use function::{Function, FunctionError};
pub use partner_api::PartnerApi;
pub use seed::Seed;
pub use services::Services;
pub use wire::{Request, Wire};
