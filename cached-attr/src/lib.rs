#![doc = include_str!("../README.md")]

pub use cached_attr_macros::*;
pub use cached_attr_runtime::*;

#[doc(hidden)]
pub use cached_attr_runtime::__private;
