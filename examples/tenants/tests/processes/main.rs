//! Replicas in processes of their own, over a real server.

mod health;
mod leaders;
mod outages;
mod replica;
mod replicas;
