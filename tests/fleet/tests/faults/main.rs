//! What a replica does when its server, or somebody on it, misbehaves.

mod answers;
mod clusters;
mod invalidations;
mod outages;
mod people;
mod primaries;
mod support;
mod trust;
