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
    report_news(core, &map, news, known)
}

/// Reports the members that are newer than what is known of this map; everything where the server does not say which.
fn report_news(core: &Core, map: &Map, news: &Value, known: Known) -> Result<Known, Fault> {
    let refused = Fault::in_value(news);
    if let Some(fault) = &refused
        && fault.kind == FaultKind::Broken
    {
        return Err(fault.clone());
    }
    if refused.is_some() || map.version.id != known.id || map.floor > known.seq {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cached_attr_runtime::tier::{Generation, Heartbeat};

    use super::*;

    const KNOWN: Known = Known { id: 7, seq: 2 };

    fn core() -> (Arc<Core>, Generation) {
        let config = crate::connect("redis://localhost").unwrap();
        let core = Core::new(config.heartbeat(Duration::from_secs(60)));
        core.trust.beat(Heartbeat::sent());
        core.trust.proven();
        let generation = core.trust.generation().unwrap();
        (core, generation)
    }

    /// What becomes of copies when this is the answer to what is new in the map.
    fn report(news: &[u8]) -> (Result<Known, Fault>, bool) {
        let (core, generation) = core();
        let state = [7, 3, 0].map(Value::Int);
        let map = Map::new(&Value::Array(state.to_vec()), Vec::new()).unwrap();
        let news = redis::parse_redis_value(news).unwrap();
        let known = report_news(&core, &map, &news, KNOWN);
        (known, core.trust.holds(generation))
    }

    #[test]
    fn news_end_what_they_name_and_no_other_copies() {
        let (known, holds) = report(b"*2\r\n+t:a\r\n:3\r\n");
        assert_eq!(known.unwrap(), Known { id: 7, seq: 3 });
        assert!(holds);
    }

    #[test]
    fn a_server_that_the_slot_has_left_has_reported_nothing() {
        let (known, _) = report(b"-ASK 7 one:1\r\n");
        assert_eq!(known.unwrap_err().kind, FaultKind::Broken);
    }

    #[test]
    fn news_that_are_refused_end_all_copies() {
        let (known, holds) = report(b"-NOPERM this user has no permissions\r\n");
        assert_eq!(known.unwrap(), Known { id: 7, seq: 3 });
        assert!(!holds);
    }
}
