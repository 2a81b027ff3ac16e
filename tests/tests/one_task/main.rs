//! Several calls in one task: a task never waits for a load that only itself could poll, and loads are shared.

use std::time::Duration;

use tokio::time::timeout;

mod shared;
mod unpolled;

/// With time paused, whoever waits for nothing that moves reaches this at once.
async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(3600), future)
        .await
        .expect("nobody hangs")
}
