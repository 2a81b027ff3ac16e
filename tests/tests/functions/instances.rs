//! Companions of functions whose instances the attribute cannot tell apart: they reach all of them.

use std::fmt::Display;
use std::marker::PhantomData;
use std::time::Duration;

use cached_attr::{cached, invalidates};
use cached_attr_tests::Source;

#[tokio::test]
async fn a_companion_invalidates_every_instance_of_a_function_with_an_impl_trait() {
    #[cached(ttl = "1h", key = "row:{id}", skip(source))]
    async fn row(source: &Source, id: impl Display) -> u32 {
        let _ = id;
        source.ask()
    }

    let source = Source::new();
    assert_eq!((row(&source, 7_u32).await, row(&source, "7").await), (1, 2));
    assert_eq!(row_cache().len(), 2);
    assert_eq!(row_cache().invalidate("row:7").await.removed, 2);
    assert_eq!((row(&source, 7_u32).await, row(&source, "7").await), (3, 4));
}

struct Repository<T>(PhantomData<T>);

impl<T: 'static> Repository<T> {
    #[cached(ttl = "1h", skip(source))]
    async fn count(source: &Source, table: &str) -> u32 {
        let _ = table;
        source.ask()
    }

    #[invalidates(Self::count(table))]
    async fn change(source: &Source, table: &str) {
        let _ = (source, table);
    }
}

#[tokio::test]
async fn a_writer_of_one_instance_leaves_no_other_instance_stale() {
    let source = Source::new();
    assert_eq!(Repository::<u8>::count(&source, "users").await, 1);
    assert_eq!(Repository::<u16>::count(&source, "users").await, 2);
    Repository::<u16>::change(&source, "users").await;
    assert_eq!(Repository::<u8>::count(&source, "users").await, 3);
    assert_eq!(Repository::<u16>::count(&source, "users").await, 4);
}

#[tokio::test]
async fn what_is_switched_before_the_first_call_holds_for_instances_that_come_later() {
    struct Typed<T>(PhantomData<T>);

    impl<T: 'static> Typed<T> {
        #[cached(ttl = "1h", skip(source))]
        async fn one(source: &Source, id: u32) -> u32 {
            let _ = id;
            source.ask()
        }
    }

    let source = Source::new();
    let cache = Typed::<u8>::one_cache();
    cache.set_enabled(false);
    assert_eq!(Typed::<u8>::one(&source, 1).await, 1);
    assert_eq!(Typed::<u16>::one(&source, 1).await, 2);
    assert_eq!(Typed::<u16>::one(&source, 1).await, 3, "off for both");

    cache.set_enabled(true);
    for _ in 0..2 {
        assert_eq!(Typed::<u8>::one(&source, 1).await, 4);
        assert_eq!(Typed::<u16>::one(&source, 1).await, 5);
        assert_eq!(Typed::<u32>::one(&source, 1).await, 6);
    }
    assert_eq!(
        (cache.len(), cache.stats().loads, cache.stats().hits),
        (3, 3, 3)
    );
    cache.set_ttl(Duration::ZERO);
    assert_eq!(Typed::<u32>::one(&source, 1).await, 7);
}

#[tokio::test]
async fn an_answer_that_is_put_in_is_not_taken_for_that_of_another_instance() {
    #[cached(ttl = "1h", key = "{id}", skip(source))]
    async fn name(source: &Source, id: impl Display) -> u32 {
        let _ = id;
        source.ask()
    }

    let source = Source::new();
    name(&source, 7_u32).await;
    name_cache().insert("7".to_owned(), 70).await;
    assert_eq!(name(&source, 7_u32).await, 70, "the only instance");
    assert_eq!(name(&source, "7").await, 2);

    name_cache().insert("7".to_owned(), 700).await;
    assert_eq!(
        (name(&source, 7_u32).await, name(&source, "7").await),
        (3, 4)
    );
}

#[tokio::test]
async fn a_write_guard_holds_the_key_in_every_instance() {
    #[cached(ttl = "1h", key = "{id}", skip(source))]
    async fn price(source: &Source, id: impl Display) -> u32 {
        let _ = id;
        source.ask()
    }

    let source = Source::new();
    price(&source, 7_u32).await;
    price(&source, "7").await;
    let guard = price_cache().write("7").await;
    assert_eq!(
        (price(&source, 7_u32).await, price(&source, "7").await),
        (3, 4)
    );
    guard.commit().await;
    assert_eq!(
        (price(&source, 7_u32).await, price(&source, "7").await),
        (5, 6)
    );
    assert_eq!(
        (price(&source, 7_u32).await, price(&source, "7").await),
        (5, 6)
    );
}
