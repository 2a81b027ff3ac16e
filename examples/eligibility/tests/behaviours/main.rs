//! Each behaviour (`n_b…`) and each flaw set right (`n_f…`) of the system this example is modelled on.

#[path = "../support/mod.rs"]
mod support;

mod bypass;
mod configs;
mod crowd;
mod failure;
mod service;
mod sharing;
mod toggles;
