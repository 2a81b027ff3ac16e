//! The whole program over HTTP, in processes with environments of their own.

mod http;
mod program;
#[cfg(feature = "s3")]
mod s3;
mod serving;
mod startup;
