use super::*;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn stale(by: StaleBy, fallback: Fallback) -> Reason {
    let past = Duration::from_millis(2345);
    Reason::Stale {
        past,
        by,
        fallback,
        soft_timeout: None,
    }
}

fn fresh(kind: Kind, left: Option<Duration>) -> Reason {
    let age = Duration::from_millis(18_700);
    let refresh = Refresh::NotDue;
    Reason::Fresh {
        kind,
        age,
        left,
        refresh,
    }
}

fn check(table: &[(Reason, NextCall, &str)]) {
    for (reason, next, sentence) in table {
        let reason = reason.clone();
        let explanation = Explanation {
            reason,
            held: false,
        };
        let said = (explanation.next_call(), explanation.to_string());
        assert_eq!(said, (*next, (*sentence).to_owned()));
    }
}

#[test]
fn each_reason_for_a_bypass_or_a_hit_has_its_sentence() {
    check(&[
        (
            Reason::AllOff,
            NextCall::Bypass,
            "bypass: all caches of the process are switched off",
        ),
        (
            Reason::Off,
            NextCall::Bypass,
            "bypass: the cache is switched off",
        ),
        (Reason::ZeroTtl, NextCall::Bypass, "bypass: the ttl is zero"),
        (
            fresh(Kind::Value, Some(secs(102))),
            NextCall::Hit,
            "hit: loaded 18s ago, fresh for another 1m 42s",
        ),
        (
            fresh(Kind::Value, None),
            NextCall::Hit,
            "hit: loaded 18s ago, and never too old",
        ),
        (
            fresh(Kind::Absent, Some(secs(5))),
            NextCall::Hit,
            "hit: that there is none, loaded 18s ago, fresh for another 5s",
        ),
        (
            fresh(Kind::Failure, Some(secs(5))),
            NextCall::Hit,
            "hit: an error, loaded 18s ago, fresh for another 5s",
        ),
    ]);
}

#[test]
fn each_reason_for_a_stale_answer_or_a_miss_has_its_sentence() {
    let past = secs(4);
    check(&[
        (
            Reason::Paused {
                past,
                left: Duration::from_millis(850),
            },
            NextCall::Stale,
            "stale: the last load has failed; the answer, 4s past its ttl, is served for another 850ms before the next load",
        ),
        (
            Reason::Loading { since: past },
            NextCall::Join,
            "miss: waits for a load that has been running for 4s",
        ),
        (
            stale(StaleBy::Ttl, Fallback::No),
            NextCall::Load,
            "miss: the answer is 2.3s past its ttl",
        ),
        (
            stale(StaleBy::Ttl, Fallback::For(secs(57))),
            NextCall::Load,
            "miss: the answer is 2.3s past its ttl, and is served if the load fails within 57s",
        ),
        (
            stale(StaleBy::Expire, Fallback::Always),
            NextCall::Load,
            "miss: the answer was expired 2.3s ago, and is served if the load fails",
        ),
        (
            Reason::Idle { unread: secs(3700) },
            NextCall::Load,
            "miss: the answer was not read for 1h 1m 40s, longer than its tti",
        ),
        (Reason::Nothing, NextCall::Load, "miss: there is no answer"),
    ]);
}

#[test]
fn a_refresh_in_the_background_is_said() {
    let past = secs(4);
    let revalidated = |left, refresh| Reason::Revalidated {
        past,
        left,
        refresh,
    };
    let since = Duration::from_millis(350);
    let ahead = Reason::Fresh {
        kind: Kind::Value,
        age: secs(50),
        left: Some(secs(10)),
        refresh: Refresh::Running { since },
    };
    let slow = Reason::Stale {
        past,
        by: StaleBy::Ttl,
        fallback: Fallback::For(secs(56)),
        soft_timeout: Some(since),
    };
    check(&[
        (
            ahead,
            NextCall::Hit,
            "hit: loaded 50s ago, fresh for another 10s; a load has been running for 350ms",
        ),
        (
            revalidated(Some(secs(6)), Refresh::Begins),
            NextCall::Stale,
            "stale: the answer is 4s past its ttl, and is served for another 6s; a load begins in the background",
        ),
        (
            revalidated(None, Refresh::Paused { left: since }),
            NextCall::Stale,
            "stale: the answer is 4s past its ttl, and is served; the last load has failed, and the next may begin in 350ms",
        ),
        (
            slow,
            NextCall::Load,
            "miss: the answer is 4s past its ttl, and is served if the load fails within 56s or takes longer than 350ms",
        ),
    ]);
}

#[test]
fn a_writer_is_named_where_something_would_be_stored() {
    let held = |reason| Explanation { reason, held: true }.to_string();
    let held_key = "; a writer holds the key, so what is loaded is not stored";
    assert_eq!(
        held(Reason::Nothing),
        format!("miss: there is no answer{held_key}")
    );
    assert_eq!(held(Reason::Off), "bypass: the cache is switched off");
}
