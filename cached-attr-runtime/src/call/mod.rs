//! A call, from the lookup to the answer; `docs/semantics.md` says what happens step by step.
//!
//! ```text
//! start ── hit ──────────────────────────────────────────────▶ answer
//!   │                                                            ▲
//!   └─ slow_path ── hit, stale ──────────────────────────────────┤
//!         │             └─ refresh ▶ Leading, in the background  │
//!         │                                  ▲                   │
//!         ├─ bypass ──▶ the body alone ──────┼───────────────────┤
//!         │                                  │ soft timeout ─────┤
//!         │                                  │                   │
//!         └─ pending: Joining ─┬─▶ Leading ──┴▶ body ▶ finish ───┤
//!               ▲    ▲         │       └─ timeout ───▶ finish ───┤
//!               │    │         │                                 │
//!               │    └ TakingOver ◀ cancelled, given up          │
//!               │                           │                    │
//!               └──── failed, unshared ── Waiting ── answered, ──┤
//!                                           │      soft timeout  │
//!                   stalled, or failed twice└─▶ the body alone ──┘
//! ```
//!
//! A load in the background is the same future in a task of its own: its claim, its body and its end are those of every
//! other, but no call takes its answer.
//!
//! What is generic here is thin: hash the key, compare it, clone the value, poll the body. Everything that decides is
//! in the store and compiled once.

pub(crate) mod batch;
mod deadline;
mod end;
mod erased;
mod finish;
mod follower;
mod keep;
mod leader;
mod load;
mod load_context;
mod overdue;
pub(crate) mod owned;
mod owned_load;
mod pending;
mod request;
mod resolve;
mod resources;
#[cfg(feature = "shared")]
mod shared;
mod slow_path;
mod start;
mod trace;

pub use load::Load;
pub use load_context::LoadContext;
pub use owned_load::OwnedLoad;
pub use request::Mode;
pub use resolve::Resolve;
pub use resources::{Progress, ResourceSlot, SharedValue, Step, TryValue, join};
pub(crate) use start::PolicyOverride;
pub use start::{Miss, Start};
