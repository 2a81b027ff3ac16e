//! `#[leader]` in several processes.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use cached_attr_fleet::leading::{NIGHT, WORK};
use cached_attr_fleet::redis::RedisFleet;
use cached_attr_fleet::server::Kind;
use tokio::time::sleep;

use crate::Process;

/// A process whose functions can be called.
async fn process(fleet: &RedisFleet) -> Process {
    let (process, line) = Process::start(&["lead", &fleet.server.url()]).line().await;
    assert_eq!(line, "ready");
    process
}

/// Calls a function, and waits for what it returns.
async fn call(mut process: Process, function: &str) -> (Process, String) {
    process.send(function);
    process.line().await
}

/// The leader's record, as `redis-cli HGETALL` shows it.
async fn record(fleet: &RedisFleet, key: &str) -> HashMap<String, String> {
    fleet.command(&["HGETALL", &format!("shop:l:{key}")]).await
}

fn some(process: &Process) -> String {
    format!("Some({})", process.child.id())
}

/// K-B16, K-B18, K-B23.
#[tokio::test]
async fn nightly_work_runs_once_a_night_in_one_of_three_processes_and_returns_its_value_there() {
    let fleet = RedisFleet::start(Kind::Redis);
    let mut processes = Vec::new();
    for _ in 0..3 {
        processes.push(process(&fleet).await);
    }
    for night in 1..=2 {
        let began = Instant::now();
        for process in &mut processes {
            process.send("nightly");
        }
        let mut ran = 0;
        for _ in 0..3 {
            let (process, answer) = processes.remove(0).line().await;
            ran += usize::from(answer == some(&process));
            assert!(answer == some(&process) || answer == "None", "{answer}");
            processes.push(process);
        }
        assert_eq!(ran, 1, "night {night}");
        let (last, answer) = call(processes.remove(0), "nightly").await;
        assert!(began.elapsed() < NIGHT, "the night is over");
        assert_eq!(answer, "None", "night {night}");
        processes.push(last);
        sleep((WORK + NIGHT).saturating_sub(began.elapsed()) + Duration::from_millis(100)).await;
    }
}

/// K-B17, K-B23, K-F2: who it is can be read while it runs.
#[tokio::test]
async fn the_leaders_record_names_its_host_and_process_while_it_runs() {
    let fleet = RedisFleet::start(Kind::Valkey);
    let mut leading = process(&fleet).await;
    leading.send("nightly");
    sleep(WORK / 2).await;
    let running = record(&fleet, "nightly").await;
    let id = format!(":{}", leading.child.id());
    assert!(running["holder"].ends_with(&id), "{running:?}");
    assert!(running["holder"].len() > id.len(), "{running:?}");
    assert_eq!(running["token"].len(), 32);
    let (leading, answer) = leading.line().await;
    assert_eq!(answer, some(&leading));
    assert_eq!(record(&fleet, "nightly").await["holder"], "");
}

/// K-F1: it is renewed, and each leader has a larger fence.
#[tokio::test]
async fn a_leader_that_takes_longer_than_its_ttl_stays_the_only_one() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (mut a, b) = (process(&fleet).await, process(&fleet).await);
    a.send("long");
    // After its ttl of one second, and before its end.
    sleep(Duration::from_millis(1_200)).await;
    let (b, answer) = call(b, "long").await;
    assert_eq!(answer, "None");
    let (a, first) = a.line().await;
    let (_b, second) = call(b, "long").await;
    let fence = |answer: &str| -> u64 {
        let number = answer.trim_start_matches("Some(").trim_end_matches(')');
        number.parse().unwrap_or_else(|_| panic!("{answer}"))
    };
    assert!(fence(&second) > fence(&first), "{second} after {first}");
    drop(a);
}

/// K-F3: the state is the call's and not the function's.
#[tokio::test]
async fn of_two_concurrent_calls_of_one_process_one_runs_and_the_next_call_runs_again() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (process, answer) = call(process(&fleet).await, "twice").await;
    assert!(answer.starts_with("(Some("), "{answer}");
    assert!(answer.ends_with("), None)"), "{answer}");
    let (_process, answer) = call(process, "long").await;
    assert!(answer.starts_with("Some("), "{answer}");
}

/// K-F4: a grace of an hour follows a success only.
#[tokio::test]
async fn after_an_error_another_process_leads_at_once() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (a, b) = (process(&fleet).await, process(&fleet).await);
    let (a, answer) = call(a, "fail").await;
    assert_eq!(answer, "Err(\"the store is away\")");
    // The release is queued behind the answer.
    sleep(Duration::from_millis(100)).await;
    let (b, answer) = call(b, "succeed").await;
    assert_eq!(answer, format!("Ok({})", some(&b)));
    let (_a, answer) = call(a, "succeed").await;
    assert_eq!(answer, "Ok(None)");
}

/// K-B19: a crash frees the key at the end of the ttl.
#[tokio::test]
async fn a_holder_that_is_killed_is_replaced_at_the_end_of_its_ttl() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (mut holder, mut next) = (process(&fleet).await, process(&fleet).await);
    holder.send("long");
    sleep(Duration::from_millis(300)).await;
    holder.kill();
    let killed = Instant::now();
    let (again, answer) = call(next, "long").await;
    assert_eq!(answer, "None", "the ttl of one second is not over");
    next = again;
    sleep(Duration::from_millis(1_100).saturating_sub(killed.elapsed())).await;
    let (_next, answer) = call(next, "long").await;
    assert!(answer.starts_with("Some("), "{answer}");
}

/// K-B20: while the server is away the body is skipped, unless the function says otherwise; afterwards it works again.
#[tokio::test]
async fn while_the_server_is_away_a_function_is_skipped_or_runs_as_it_says() {
    let mut fleet = RedisFleet::start(Kind::Redis);
    let process = process(&fleet).await;
    fleet.server.kill();
    let (process, answer) = call(process, "succeed").await;
    assert_eq!(answer, "Ok(None)");
    let (mut process, answer) = call(process, "unguarded").await;
    assert_eq!(answer, some(&process));
    fleet.server.restart();
    let restarted = Instant::now();
    loop {
        let (again, answer) = call(process, "succeed").await;
        process = again;
        if answer == format!("Ok({})", some(&process)) {
            break;
        }
        assert!(restarted.elapsed() < Duration::from_secs(5), "{answer}");
        sleep(Duration::from_millis(50)).await;
    }
}
