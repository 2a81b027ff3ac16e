//! A writer whose statements are a transaction: the recipe of the guide, over sqlx and PostgreSQL.

use cached_attr::testing::isolate_thread;
use cached_attr::{CacheControlExt as _, CacheStatus};
use instrument_api::{Db, Instrument, Specification, specification, specification_cache};
use sqlx::AnyPool;

use crate::postgres::Postgres;

const UPDATE: &str =
    r#"UPDATE instruments SET specification = '{"merge":false}' WHERE name = 'LOQ'"#;

async fn read(db: &Db, instrument: &Instrument) -> (Option<Specification>, CacheStatus) {
    let (answer, status) = specification(db, instrument).with_status().await;
    (answer.unwrap(), status)
}

#[tokio::test]
async fn what_is_read_while_a_transaction_is_open_is_not_stored() {
    let postgres = Postgres::with_sample().await;
    let (db, instrument) = (postgres.db(), Instrument::from("LOQ"));
    let pool = AnyPool::connect(&postgres.url()).await.unwrap();
    let _caches = isolate_thread();
    let (old, _) = read(&db, &instrument).await;
    assert!(read(&db, &instrument).await.1.hit);

    let guard = specification_cache().write(&instrument).await; // before the first statement
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query(UPDATE)
        .execute(&mut *transaction)
        .await
        .unwrap();
    let (answer, status) = read(&db, &instrument).await;
    assert_eq!(answer, old, "not committed yet");
    assert!(!status.hit && !status.stored, "{status}");
    transaction.commit().await.unwrap();
    guard.commit().await; // after the transaction

    let (new, status) = read(&db, &instrument).await;
    assert_ne!(new, old);
    assert!(status.stored, "{status}");
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_the_key_as_it_was() {
    let postgres = Postgres::with_sample().await;
    let (db, instrument) = (postgres.db(), Instrument::from("LOQ"));
    let pool = AnyPool::connect(&postgres.url()).await.unwrap();
    let _caches = isolate_thread();
    let (old, _) = read(&db, &instrument).await;

    let guard = specification_cache().write(&instrument).await;
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query(UPDATE)
        .execute(&mut *transaction)
        .await
        .unwrap();
    drop(transaction);
    drop(guard);

    let (answer, status) = read(&db, &instrument).await;
    assert_eq!(answer, old);
    assert!(status.stored, "{status}");
}
