//! Every shape of function keeps working under the attribute.

mod attributes;
mod boxed;
mod free;
mod generics;
mod local;
mod methods;
mod traits;
