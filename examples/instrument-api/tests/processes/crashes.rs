//! A replica that crashes between the database's commit and the invalidation.

use std::time::Duration;

use cached_attr_fleet::proxy::{Mode, Proxy};
use serde_json::json;
use sqlx::AnyPool;

use crate::database::until;
use crate::postgres;
use crate::program::{get, put, start};
use crate::shared::{Database, Fleet, eventually};

const SPECIFICATION: &str = "/instrument/LOQ/specification";

/// F-F13: the old specification was served for up to two minutes.
#[tokio::test]
async fn f_f13_a_crash_after_the_commit_leaves_nothing_stale_behind() {
    let fleet = Fleet::over_postgres().await;
    let Database::Server(server) = &fleet.database else {
        unreachable!()
    };
    let line = Proxy::start(server.port()).await;
    let tier = fleet.redis.server.url();
    let slow = start(&postgres::url(line.port()), &[("VALKEY_URL", &tier)]).await;
    let other = fleet.replica(&[]).await;
    for _ in 0..2 {
        assert_eq!(
            get(&other, SPECIFICATION).await.body,
            json!({ "merge": true })
        );
    }

    // The statement waits for its row, and its answer will not arrive.
    let pool = AnyPool::connect(&server.url()).await.unwrap();
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("SELECT name FROM instruments WHERE name = 'LOQ' FOR UPDATE")
        .execute(&mut *lock)
        .await
        .unwrap();
    let committed = async {
        until(&pool, "pg_stat_activity", "wait_event_type = 'Lock'").await;
        line.set(Mode::AnswersStalled);
        lock.rollback().await.unwrap();
        until(&pool, "instruments", "specification LIKE '%false%'").await;
    };
    tokio::select! {
        answer = put(&slow, SPECIFICATION, json!({ "merge": false })) => panic!("answered: {answer:?}"),
        () = committed => {}
    }
    slow.kill().await;

    eventually(
        "the other replica has the new one",
        Duration::from_secs(1),
        async || get(&other, SPECIFICATION).await.body == json!({ "merge": false }),
    )
    .await;
}
