//! An AWS Lambda function whose parameters, secrets and objects are stacked `#[cached]` resources.
//!
//! [`handler()`] is the place to start: five resources, each with its own TTL, loaded side by side. The functions of
//! [`load`] request one thing each; those of [`lookup`] cache it for a minute, for use anywhere.
//!
//! # What the compiler refuses
//!
//! **L-B4** A resource needs a name, and a loader takes no argument of another type. The original raises both errors at the
//! first call.
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
//! # async fn l_b4_a_number_is_not_a_name(aws: &Aws) -> Result<load::Parameter, LoadError> {
//! load::parameter(aws, 7).await
//! # }
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
//! async fn l_f1_one_name_twice(aws: &Aws) -> Result<bool, LoadError> { Ok(password.text()?.is_empty()) }
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
//!
//! **L-F15** A cached list cannot be changed. The original shares one list that every caller may write into.
//!
//! ```compile_fail,E0594
//! # async fn l_f15_a_list_is_shared_and_read_only(aws: &lambda::Aws) -> Result<(), lambda::LoadError> {
//! let regions = lambda::lookup::parameter(aws, "/app/regions").await?;
//! regions.list()?[0] = "EVIL".to_owned();
//! # Ok(())
//! # }
//! ```

mod app;
mod aws;
mod error;
pub mod handler;
pub mod load;
pub mod lookup;
mod partner;
mod retry_once;

pub use app::{App, invoke, serve};
pub use aws::{Aws, Settings, SettingsError};
pub use error::{Kind, LoadError};
pub use handler::{Event, HandlerError, Order, Receipt, handler};
pub use partner::{Partner, PartnerError};
pub use retry_once::retry_once;
