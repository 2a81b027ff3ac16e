//! Strict writes, and ending a record's fresh life.

use std::sync::Arc;
use std::time::Duration;

use cached_attr_runtime::tier::{Delivery, RecordKey, Target, TierError, Token};

use crate::core::Core;
use crate::fault::FaultKind;
use crate::journal::Undelivered;
use crate::lease::lasting_millis;
use crate::scripts::Script;

pub(crate) async fn guard(
    core: &Arc<Core>,
    key: RecordKey<'_>,
    token: Token,
    bound: Duration,
) -> Result<(), TierError> {
    let operation = core.delivered_operation().await?;
    let (text, millis) = (token.to_string(), lasting_millis(bound));
    let args = [text.as_bytes(), millis.as_bytes()];
    // Before it is there: a push that it is gone may come with its answer.
    core.guards.add(key, token, bound);
    let set = operation
        .call(Script::Guard, &core.names.record(key), &args)
        .await;
    set.map(|_| ()).map_err(|fault| {
        if fault.kind == FaultKind::Refused {
            core.guards.remove(key, token);
        }
        core.failed(fault)
    })
}

pub(crate) async fn commit(core: &Arc<Core>, key: RecordKey<'_>, token: Token) -> Delivery {
    core.guards.remove(key, token);
    // Not delivered, at least what was stored is invalidated; the guard ends by itself.
    let pending = Undelivered::new(&core.journal, Target::Key(key).to_owned());
    let sent = async {
        let operation = core.operation().await?;
        let text = token.to_string();
        let sent = operation
            .call(Script::Commit, &core.names.record(key), &[text.as_bytes()])
            .await;
        sent.map_err(|fault| core.failed(fault))
    };
    if sent.await.is_err() {
        core.counters.queued.add();
        return Delivery::Queued;
    }
    pending.delivered();
    core.counters.invalidations.add();
    Delivery::Done
}

pub(crate) fn commit_later(core: &Arc<Core>, key: RecordKey<'_>, token: Token) {
    core.guards.remove(key, token);
    let (shared, target) = (Arc::clone(core), Target::Key(key).to_owned());
    let work = async move {
        if let Target::Key(key) = target.as_target() {
            commit(&shared, key, token).await;
        }
    };
    if !core.in_background(work) {
        core.journal.add(Target::Key(key).to_owned());
    }
}

pub(crate) async fn expire(core: &Arc<Core>, key: RecordKey<'_>) -> Result<(), TierError> {
    let operation = core.operation().await?;
    let expired = operation
        .call(Script::Expire, &core.names.record(key), &[])
        .await;
    expired.map(|_| ()).map_err(|fault| core.failed(fault))
}
