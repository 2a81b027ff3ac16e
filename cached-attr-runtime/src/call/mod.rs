//! A call, from the lookup to the answer; `docs/semantics.md` says what happens step by step.
//!
//! ```text
//! start ── hit ──────────────────────────────────────────────▶ answer
//!   │                                                            ▲
//!   └─ slow_path ── hit, stale ──────────────────────────────────┤
//!         │                                                      │
//!         ├─ bypass ──▶ the body alone ──────────────────────────┤
//!         │                                                      │
//!         └─ pending: Joining ─┬─▶ Leading ──▶ body ──▶ finish ──┤
//!               ▲    ▲         │                                 │
//!               │    └ TakingOver ◀ cancelled                    │
//!               │                           │                    │
//!               └──── failed, unshared ── Waiting ── answered ───┤
//!                                           │                    │
//!                   stalled, or failed twice└─▶ the body alone ──┘
//! ```
//!
//! What is generic here is thin: hash the key, compare it, clone the value, poll the body. Everything that decides is
//! in the store and compiled once.

pub(crate) mod batch;
mod deadline;
mod end;
mod finish;
mod follower;
mod leader;
mod load;
mod load_context;
pub(crate) mod owned;
mod owned_load;
mod pending;
mod request;
mod resolve;
mod resources;
mod slow_path;
mod start;

pub use load::Load;
pub use load_context::LoadContext;
pub use owned_load::OwnedLoad;
pub use request::Mode;
pub use resolve::Resolve;
pub use resources::{Progress, ResourceSlot, SharedValue, Step, TryValue, join};
pub(crate) use start::PolicyOverride;
pub use start::{Miss, Start};
