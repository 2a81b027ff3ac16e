//! A writer that names a key by its value, a whole cache, or a cache in a field.

use std::sync::Arc;

use cached_attr::{FnCache, cached, invalidates};
use cached_attr_tests::Source;

struct Tenant {
    id: u32,
}

#[cached(ttl = "1h", key = tenant.id, skip(source))]
async fn settings(source: &Source, tenant: &Tenant) -> u32 {
    source.ask()
}

#[cached(ttl = "1h", skip(source))]
async fn page(source: &Source, name: &str, number: u32) -> u32 {
    let _ = (name, number);
    source.ask()
}

#[tokio::test(start_paused = true)]
async fn a_key_by_itself_needs_no_whole_argument() {
    #[invalidates(settings[id])]
    async fn put_settings(id: u32) {
        let _ = id;
    }

    let source = Source::new();
    let (one, two) = (Tenant { id: 1 }, Tenant { id: 2 });
    assert_eq!(settings(&source, &one).await, 1);
    assert_eq!(settings(&source, &two).await, 2);
    put_settings(1).await;
    assert_eq!(settings(&source, &one).await, 3);
    assert_eq!(settings(&source, &two).await, 2);
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "a key of type `u64` was used with a cache whose keys are of type `u32`")]
async fn a_key_of_another_type_is_not_silently_nothing() {
    #[invalidates(settings[id])]
    async fn put_settings(id: u64) {
        let _ = id;
    }

    put_settings(1).await;
}

#[tokio::test(start_paused = true)]
async fn a_key_of_several_parts_is_a_tuple_whether_owned_or_borrowed() {
    #[invalidates(page[(name, number)])]
    async fn put_page(name: String, number: u32) -> String {
        let _ = number;
        name
    }

    #[invalidates(page[(name, 1)])]
    async fn put_first(name: &str) -> &str {
        name
    }

    let source = Source::new();
    assert_eq!(page(&source, "a", 1).await, 1);
    put_page("a".to_owned(), 1).await;
    assert_eq!(page(&source, "a", 1).await, 2);
    put_first("a").await;
    assert_eq!(page(&source, "a", 1).await, 3);
    put_page("b".to_owned(), 1).await;
    assert_eq!(page(&source, "a", 1).await, 3);
}

#[tokio::test(start_paused = true)]
async fn two_dots_are_all_of_a_cache() {
    #[invalidates(page(..), before)]
    async fn put_all(fails: bool) -> Result<(), ()> {
        if fails { Err(()) } else { Ok(()) }
    }

    let source = Source::new();
    assert_eq!(page(&source, "x", 1).await, 1);
    assert_eq!(page(&source, "x", 2).await, 2);
    put_all(false).await.expect("it does not fail");
    assert_eq!(page(&source, "x", 1).await, 3);
    assert_eq!(page(&source, "x", 2).await, 4);
    put_all(true).await.expect_err("it fails");
    assert_eq!(page(&source, "x", 1).await, 5, "`before`");
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_is_dropped_invalidates_all_that_it_names() {
    #[invalidates(page(..))]
    async fn put_all() {
        std::future::pending::<()>().await;
    }

    let source = Source::new();
    assert_eq!(page(&source, "y", 1).await, 1);
    let dropped = tokio::time::timeout(std::time::Duration::from_millis(1), put_all()).await;
    assert!(dropped.is_err());
    assert_eq!(page(&source, "y", 1).await, 2);
}

trait Repository {
    async fn read(&self, id: u32) -> u32;
    async fn write(&mut self, id: u32) -> Result<(), u32>;
    async fn clear(&self);
}

struct Stored {
    source: Source,
    by_id: Arc<FnCache<u32, u32>>,
}

impl Repository for Stored {
    #[cached(ttl = "1h", cache = self.by_id, handle = false)]
    async fn read(&self, id: u32) -> u32 {
        self.source.ask() + id
    }

    #[invalidates(self.by_id[id])]
    async fn write(&mut self, id: u32) -> Result<(), u32> {
        self.source = Source::new();
        Ok(())
    }

    #[invalidates(self.by_id[..])]
    async fn clear(&self) {}
}

#[tokio::test(start_paused = true)]
async fn a_method_of_a_trait_invalidates_a_cache_in_a_field() {
    let mut repository = Stored {
        source: Source::new(),
        by_id: Arc::new(FnCache::builder().build()),
    };
    assert_eq!(repository.read(10).await, 11);
    assert_eq!(repository.read(20).await, 22);
    repository.write(10).await.expect("it does not fail");
    assert_eq!(
        repository.read(10).await,
        11,
        "read again from a new source"
    );
    assert_eq!(repository.read(20).await, 22);
    repository.clear().await;
    assert_eq!(repository.read(20).await, 22);
    assert_eq!(repository.source.asked(), 2);
}
