//! Following the map of invalidated tags.

use std::sync::Arc;

use cached_attr_runtime::tier::{Change, Target, Token};
use redis::{Pipeline, Value};

use crate::core::Core;
use crate::fault::{Fault, FaultKind};
use crate::link::{Link, Operation};
use crate::map::{Map, STATE, score, target};
use crate::scripts::Script;

/// What of the map was reported to this process's copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    id: u64,
    seq: u64,
}

/// The map's state; makes the map where there is none, or one from another server's life.
pub(crate) async fn ensure_map(core: &Core, operation: &Operation) -> Result<Map, Fault> {
    let fresh = Token::random_52().to_string();
    let scores = operation
        .call(Script::Ensure, core.names.map(), &[fresh.as_bytes()])
        .await?;
    Map::new(&scores, Vec::new()).ok_or_else(|| Fault::refused("the server keeps no map of tags"))
}

pub(crate) async fn ensure(core: &Core, link: &Arc<Link>) -> Result<Known, Fault> {
    let version = ensure_map(core, &link.operation()).await?.version;
    Ok(Known {
        id: version.id,
        seq: version.seq,
    })
}

/// Reports what is invalidated, for as long as the map can be read.
pub(crate) async fn follow(core: &Core, link: &Arc<Link>, mut known: Known) -> Fault {
    loop {
        core.map_watch.changed().await;
        loop {
            let mark = core.map_watch.mark();
            match report(core, &link.operation(), known).await {
                Ok(now) => known = now,
                // Copies stay suspended; whether the connection is of use is decided where timeouts are counted.
                Err(fault) if fault.kind == FaultKind::Timeout => continue,
                Err(fault) => return fault,
            }
            if core.map_watch.read(mark, &core.trust) {
                break;
            }
        }
    }
}

/// Reports what was invalidated since.
async fn report(core: &Core, operation: &Operation, known: Known) -> Result<Known, Fault> {
    let key = core.names.map();
    let mut commands = Pipeline::new();
    commands.cmd("ZMSCORE").arg(key).arg(&STATE);
    commands
        .cmd("ZRANGE")
        .arg(key)
        .arg(format!("({}", known.seq))
        .arg("+inf")
        .arg(&["BYSCORE", "WITHSCORES"]);
    let answers = operation.send(&commands).await?;
    let [state, news] = &answers[..] else {
        return Err(Fault::broken("an answer is missing"));
    };
    let map = match Map::new(state, Vec::new()) {
        Some(map) => map,
        None => ensure_map(core, operation).await?,
    };
    if map.version.id != known.id || map.floor > known.seq {
        everything(core);
    } else {
        for (member, number) in pairs(news) {
            report_member(core, &member, number);
        }
    }
    Ok(Known {
        id: map.version.id,
        seq: map.version.seq,
    })
}

fn report_member(core: &Core, member: &str, number: u64) {
    match target(member).as_ref().map(|target| target.as_target()) {
        Some(Target::Tag(tag)) => core.changes.report(Change::Tag(tag, number)),
        Some(Target::Function(name)) => core.changes.report(Change::Function(name, number)),
        Some(_) => everything(core),
        None => {}
    }
}

fn everything(core: &Core) {
    core.trust.everything_changed();
    core.changes.report(Change::Everything);
}

/// Members with their scores: pairs in RESP3, a flat list in RESP2.
fn pairs(news: &Value) -> Vec<(String, u64)> {
    let Value::Array(news) = news else {
        return Vec::new();
    };
    let pair = |member: &Value, number: &Value| {
        let Value::BulkString(member) = member else {
            return None;
        };
        Some((String::from_utf8(member.clone()).ok()?, score(number)?))
    };
    let nested = news.iter().filter_map(|entry| match entry {
        Value::Array(entry) => pair(entry.first()?, entry.get(1)?),
        _ => None,
    });
    let flat = news
        .chunks_exact(2)
        .filter_map(|entry| pair(&entry[0], &entry[1]));
    nested.chain(flat).collect()
}
