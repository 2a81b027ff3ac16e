//! Work that one of several processes does.

use std::collections::HashMap;
use std::fs;

use serde_json::{Value, json};

use crate::replica::{Fleet, json, post};

#[tokio::test]
async fn k_b16_of_three_replicas_that_start_at_once_one_seeds() {
    let fleet = Fleet::start();
    let (a, b, c) = tokio::join!(fleet.replica(), fleet.replica(), fleet.replica());
    let mut said: Vec<&str> = [&a, &b, &c]
        .map(|replica| replica.output.lines().next().unwrap())
        .into();
    said.sort_unstable();
    assert_eq!(
        said,
        ["not seeded here", "not seeded here", "seeded 1 tenants"]
    );
    let seeded = fs::read_to_string(fleet.folder.path().join("tenants/operations.json")).unwrap();
    assert!(seeded.contains("operations.example.com"), "{seeded}");
}

/// K-B18, K-B23: `nightly_recompute` in three processes.
#[tokio::test]
async fn k_b23_nightly_work_runs_in_one_replica_and_returns_its_value_there() {
    let fleet = Fleet::start();
    let (a, b, c) = tokio::join!(fleet.replica(), fleet.replica(), fleet.replica());
    let (a, b, c) = tokio::join!(
        post(&a, "/nightly", ""),
        post(&b, "/nightly", ""),
        post(&c, "/nightly", "")
    );
    let answers = [a, b, c].map(|answer| json(&answer));
    let ran: Vec<&Value> = answers.iter().filter(|answer| !answer.is_null()).collect();
    assert_eq!(ran, [&json!({ "tenants": 3 })]);

    // What a person sees: nobody leads, until the grace of twenty hours is over.
    let record: HashMap<String, String> = fleet.redis.command(&["HGETALL", "shop:l:nightly"]).await;
    assert_eq!(record["holder"], "");
    let (seconds, _micros): (i64, i64) = fleet.redis.command(&["TIME"]).await;
    let left = record["until"].parse::<i64>().unwrap() / 1000 - seconds;
    assert!((19 * 3600..=20 * 3600).contains(&left), "{left} s");
}

/// K-B22: the project's name begins every key.
#[tokio::test]
async fn k_b22_two_services_on_one_server_do_not_compete() {
    let (fleet, other) = (Fleet::start(), Fleet::start());
    let first = fleet.replica().await;
    let url = fleet.redis.server.url();
    let second = other.replica_at(&url, &[("PROJECT_NAME", "office")]).await;
    for replica in [&first, &second] {
        assert!(replica.output.starts_with("seeded 1"), "{}", replica.output);
    }
    let mut keys: Vec<String> = fleet.redis.command(&["KEYS", "*:l:*"]).await;
    keys.sort_unstable();
    assert_eq!(keys, ["office:l:seeding", "shop:l:seeding"]);
}
