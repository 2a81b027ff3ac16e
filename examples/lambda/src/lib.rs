//! An AWS Lambda handler whose parameters, secrets and files are stacked `#[cached]` resources.
//!
//! [`handler()`] is the place to start: five resources, each with its own expiry, loaded side by side.
//! [`load`] asks AWS and remembers nothing; [`lookup`] remembers for a minute, for use anywhere.
//! [`local`] is what stands in for AWS on a desk: it is what `cargo run -- --local` and the tests are made of.
//!
//! # What the compiler refuses
//!
//! **L-B4** A list, or anything else, needs a name to be bound to: there is no resource without one, and no argument of
//! a type that a loader does not take. The original raised both at the first call.
//!
//! ```compile_fail
//! use cached_attr::cached;
//! use lambda::{Aws, LoadError, load::parameters};
//!
//! #[cached(let = parameters(aws, &["/a", "/b"]).await?, ttl = "60s", skip(aws))]
//! async fn l_b4_a_resource_without_a_name(aws: &Aws) -> Result<(), LoadError> { Ok(()) }
//! ```
//!
//! ```compile_fail,E0308
//! # use lambda::{Aws, LoadError, load};
//! async fn l_b4_a_number_is_no_name(aws: &Aws) -> Result<String, LoadError> { load::parameter(aws, 7).await }
//! ```
//!
//! **L-F1** Two resources of one name on one handler:
//!
//! ```compile_fail
//! use cached_attr::cached;
//! use lambda::{Aws, LoadError, load::parameter};
//!
//! #[cached(let password = parameter(aws, "/team_a/db/password").await?, ttl = "60s", skip(aws))]
//! #[cached(let password = parameter(aws, "/team_b/db/password").await?, ttl = "60s", skip(aws))]
//! async fn l_f1_one_name_twice(aws: &Aws) -> Result<bool, LoadError> { Ok(password.is_empty()) }
//! ```
//!
//! The same with two names is fine:
//!
//! ```
//! use cached_attr::cached;
//! use lambda::{Aws, LoadError, load::parameter};
//!
//! #[cached(let ours = parameter(aws, "/team_a/db/password").await?, ttl = "60s", skip(aws))]
//! #[cached(let theirs = parameter(aws, "/team_b/db/password").await?, ttl = "60s", skip(aws))]
//! async fn two_names(aws: &Aws) -> Result<bool, LoadError> { Ok(ours == theirs) }
//! ```

mod app;
mod aws;
mod error;
pub mod handler;
pub mod load;
pub mod local;
pub mod lookup;
mod partner;
mod retry_fresh;

pub use app::{App, serve};
pub use aws::{Aws, Settings, SettingsError};
pub use error::{Kind, LoadError};
pub use handler::{Event, HandlerError, Order, Receipt, handler};
pub use partner::{Partner, PartnerError};
pub use retry_fresh::retry_fresh;
