//! `FnCache`: looking at a cache and changing it.

mod behind_references;
mod builder;
mod entries;
mod numbers;
mod switches;
