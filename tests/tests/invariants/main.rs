//! I1 to I6 of the contract, under schedules that are written down.

mod cancelled;
mod changes;
mod cycles;
mod overtaken;
mod panics;
mod secrets;
mod unfriendly;
mod writers;
