//! `bypass` and `refresh`: options of one call.

use cached_attr::cached;
use cached_attr_tests::{Gate, Source, Stepped};

fn is_test(user: &str) -> bool {
    user.starts_with("test-")
}

macro_rules! config {
    ($name:ident) => {
        #[cached(ttl = "1m", key = id, bypass = is_test(user), skip(source, gate, user))]
        async fn $name(source: &Source, gate: &Gate, user: &str, id: u32) -> u32 {
            let _ = (user, id);
            let answer = source.ask();
            gate.pass().await;
            answer
        }
    };
}

#[tokio::test]
async fn bypass_reads_nothing_and_writes_nothing_and_removes_nothing() {
    config!(config);
    let (source, gate) = (Source::new(), Gate::opened());
    assert_eq!(config(&source, &gate, "test-1", 1).await, 1);
    assert_eq!(config_cache().get(1).await, None, "writes nothing");
    assert_eq!(config(&source, &gate, "ann", 1).await, 2);
    assert_eq!(
        config(&source, &gate, "test-1", 1).await,
        3,
        "reads nothing"
    );
    assert_eq!(config(&source, &gate, "ann", 1).await, 2, "removes nothing");
    assert_eq!(config_cache().stats().bypassed, 2);
}

#[tokio::test]
async fn a_bypassed_call_joins_no_load_and_is_joined_by_none() {
    config!(config);
    let (source, gate) = (Source::new(), Gate::new());
    let load = Stepped::begin(config(&source, &gate, "ann", 2)).await;
    let bypassed = Stepped::begin(config(&source, &gate, "test-1", 2)).await;
    assert_eq!(source.asked(), 2, "it did not join");
    drop(load);
    let waits_for_nobody = Stepped::begin(config(&source, &gate, "ann", 2)).await;
    assert_eq!(source.asked(), 3, "nor is it joined");
    gate.open();

    assert_eq!(bypassed.finish().await, 2);
    assert_eq!(waits_for_nobody.finish().await, 3);
}

#[tokio::test]
async fn being_named_in_bypass_does_not_make_an_argument_part_of_the_key() {
    #[cached(ttl = "1m", bypass = fresh, skip(source, fresh))]
    async fn switched(source: &Source, id: u32, fresh: bool) -> u32 {
        let _ = (id, fresh);
        source.ask()
    }

    let source = Source::new();
    assert_eq!(switched(&source, 1, false).await, 1);
    assert_eq!(switched(&source, 1, true).await, 2);
    assert_eq!(switched(&source, 1, false).await, 1);
}

#[tokio::test]
async fn refresh_does_not_read_but_stores() {
    #[cached(ttl = "1m", refresh = force, skip(source, force))]
    async fn refreshed(source: &Source, id: u32, force: bool) -> u32 {
        let _ = (id, force);
        source.ask()
    }

    let source = Source::new();
    assert_eq!(refreshed(&source, 1, false).await, 1);
    assert_eq!(refreshed(&source, 1, true).await, 2);
    assert_eq!(refreshed(&source, 1, false).await, 2);
    assert_eq!(refreshed(&source, 1, true).await, 3);
    assert_eq!(refreshed_cache().get(1).await, Some(3));
}

#[tokio::test]
async fn a_failed_refresh_leaves_what_is_there() {
    #[cached(ttl = "1m", refresh = force, skip(source, force))]
    async fn fragile(source: &Source, force: bool) -> Result<u32, String> {
        match source.ask() {
            2 => Err("down".to_owned()),
            answer => Ok(answer),
        }
    }

    let source = Source::new();
    assert_eq!(fragile(&source, false).await, Ok(1));
    assert_eq!(fragile(&source, true).await, Err("down".to_owned()));
    assert_eq!(fragile(&source, false).await, Ok(1));
}

#[tokio::test]
async fn bypass_counts_more_than_refresh() {
    #[cached(ttl = "1m", bypass = both, refresh = both, skip(source, both))]
    async fn contrary(source: &Source, both: bool) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!(contrary(&source, false).await, 1);
    assert_eq!(contrary(&source, true).await, 2);
    assert_eq!(contrary(&source, false).await, 1);
}

#[tokio::test]
async fn bypass_is_asked_once_a_call_and_may_be_any_expression() {
    static ASKED: Source = Source::new();

    #[cached(ttl = "1m", bypass = { ASKED.ask() > 2 } && id != 7)]
    async fn counted(id: u32) -> u32 {
        id
    }

    for _ in 0..2 {
        counted(1).await;
    }
    assert_eq!(ASKED.asked(), 2);
    assert_eq!(counted_cache().stats().hits, 1);
    counted(1).await;
    assert_eq!(counted_cache().stats().bypassed, 1);
    counted(7).await;
    assert_eq!((ASKED.asked(), counted_cache().len()), (4, 2));
}
