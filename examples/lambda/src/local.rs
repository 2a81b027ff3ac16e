//! What stands in for AWS on a desk: the services (moto), a meter in front of them, the Runtime API and the partner.

mod function;
mod meter;
mod moto;
mod partner_api;
mod runtime_api;
mod seed;
mod server;
mod show;

pub use function::Function;
pub use meter::{Fault, Hold, Meter};
pub use moto::{Moto, MotoError};
pub use partner_api::PartnerApi;
pub use runtime_api::{FunctionError, Outcome, RuntimeApi};
pub use seed::{Seed, SeedError};
pub use show::{ShowError, show};
