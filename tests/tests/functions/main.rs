//! Every shape of function keeps working under the attribute.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod attributes;
mod boxed;
mod free;
mod generics;
mod instances;
mod local;
mod methods;
mod returned_futures;
mod traits;
