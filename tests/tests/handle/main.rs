//! `FnCache`: looking at a cache and changing it.

mod builder;
mod entries;
mod numbers;
mod switches;
