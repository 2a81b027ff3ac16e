//! Delivering invalidations.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use cached_attr_runtime::tier::{Target, Token};

use crate::core::Core;
use crate::fault::Fault;
use crate::link::{Link, Operation};
use crate::map::member;
use crate::scripts::Script;

/// More invalidated tags than this, and the older half of them is summed up.
const MOST_TAGS: &[u8] = b"10000";
/// How many invalidations are taken from the journal at a time.
const BATCH: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// Sends one invalidation and waits for its confirmation.
pub(crate) async fn send(
    core: &Core,
    operation: &Operation,
    target: Target<'_>,
) -> Result<(), Fault> {
    if let Target::Key(key) = target {
        let key = core.names.record(key);
        operation.call(Script::Invalidate, &key, &[]).await?;
        return Ok(());
    }
    let Some(member) = member(target) else {
        return Err(Fault::refused("an invalidation of an unknown kind"));
    };
    let fresh = Token::random_52().to_string();
    let args = [fresh.as_bytes(), MOST_TAGS, member.as_bytes()];
    operation
        .call(Script::InvalidateTag, core.names.map(), &args)
        .await?;
    Ok(())
}

/// Delivers all that the journal holds.
pub(crate) async fn replay(core: &Core, link: &Arc<Link>) -> Result<(), Fault> {
    loop {
        let batch = core.journal.next(BATCH);
        if batch.is_empty() {
            return Ok(());
        }
        for (target, ticket) in batch {
            send(core, &link.operation(), target.as_target()).await?;
            core.journal.delivered(&target, ticket);
            core.counters.invalidations.add();
        }
    }
}

/// Delivers what is put into the journal while the connection works.
pub(crate) async fn deliver(core: &Core, link: &Arc<Link>) -> Infallible {
    loop {
        core.journal.added.notified().await;
        while replay(core, link).await.is_err() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
