//! The stream of snapshots that keeps the page live.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream};
use tokio::time::sleep;

use crate::Inspector;
use crate::snapshot::Snapshot;

/// From one snapshot to the next.
const INTERVAL: Duration = Duration::from_secs(1);

/// How many snapshots there are in one stream. The browser then asks for the next one, so that a server that shuts down
/// gracefully does not wait for as long as somebody watches.
const LONGEST: u32 = 20;

/// A snapshot now, and one each second. Nothing runs when nobody watches.
pub(crate) fn snapshots(
    inspector: Arc<Inspector>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(stream::unfold(0, move |sent| {
        let inspector = Arc::clone(&inspector);
        async move {
            match sent {
                0 => {}
                LONGEST => return None,
                _ => sleep(INTERVAL).await,
            }
            let snapshot = Snapshot::take(&inspector).await;
            let event = Event::default().retry(INTERVAL).data(snapshot.to_json());
            Some((Ok(event), sent + 1))
        }
    }))
}
