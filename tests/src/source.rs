//! What cached functions ask.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Counts how often it is asked; its answers are 1, 2, 3, …, so that an answer tells which load it is from.
#[derive(Debug, Default)]
pub struct Source {
    asked: AtomicU32,
}

impl Source {
    /// Nobody has asked yet.
    #[must_use]
    pub const fn new() -> Self {
        Source {
            asked: AtomicU32::new(0),
        }
    }

    /// The next answer.
    pub fn ask(&self) -> u32 {
        self.asked.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The next answer, told a while after it was asked for.
    pub async fn ask_for(&self, time: Duration) -> u32 {
        let answer = self.ask();
        tokio::time::sleep(time).await;
        answer
    }

    /// How often it was asked.
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}
