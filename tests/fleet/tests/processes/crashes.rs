//! Many processes on one key, and one that is killed.

use std::time::{Duration, Instant};

use cached_attr_fleet::redis::RedisFleet;
use cached_attr_fleet::server::Kind;

use crate::Process;

#[tokio::test]
async fn five_processes_of_200_tasks_load_a_cold_key_once() {
    let fleet = RedisFleet::start(Kind::Redis);
    let url = fleet.server.url();
    let processes: Vec<_> = (0..5)
        .map(|_| Process::start(&["cold", &url, "200"]))
        .collect();
    let mut loads = 0;
    for process in processes {
        loads += process.finish().await.parse::<u32>().unwrap();
    }
    assert_eq!(loads, 1);
}

#[tokio::test]
async fn five_processes_of_200_calls_load_a_cold_key_once() {
    let fleet = RedisFleet::start(Kind::Redis);
    let url = fleet.server.url();
    let processes: Vec<_> = (0..5)
        .map(|_| Process::start(&["call", &url, "200"]))
        .collect();
    let mut loads = 0;
    for process in processes {
        loads += process.finish().await.parse::<u32>().unwrap();
    }
    assert_eq!(loads, 1);
}

#[tokio::test]
async fn a_load_whose_process_is_killed_is_replaced_within_its_lease() {
    let fleet = RedisFleet::start(Kind::Redis);
    let url = fleet.server.url();
    let (mut stuck, line) = Process::start(&["stuck", &url]).line().await;
    assert_eq!(line, "running 7");
    let next = Process::start(&["call", &url, "20"]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    stuck.kill();
    let began = Instant::now();
    assert_eq!(next.finish().await, "1");
    // The lease lasts five seconds.
    assert!(
        began.elapsed() < Duration::from_millis(6_500),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_killed_holder_is_replaced_within_its_lease() {
    let fleet = RedisFleet::start(Kind::Redis);
    let url = fleet.server.url();
    let (mut holder, line) = Process::start(&["hold", &url]).line().await;
    assert_eq!(line, "held");
    // Longer than the lease of two seconds: it is being renewed.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let next = Process::start(&["hold", &url]);
    holder.kill();
    let began = Instant::now();
    let (_next, line) = next.line().await;
    assert_eq!(line, "held");
    assert!(
        began.elapsed() < Duration::from_millis(2_700),
        "{:?}",
        began.elapsed()
    );
}
