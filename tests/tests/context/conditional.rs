//! Conditional requests.

use std::sync::Arc;

use cached_attr::{CacheControlExt as _, LoadContext, cached};
use tokio::time::advance;

use crate::{SECOND, Site, Tag};

#[cached(ttl = "1m", context = load, skip(site))]
async fn page(site: &Site, path: &str) -> Arc<str> {
    fetch(site, &load).await
}

#[allow(clippy::unused_async, reason = "it stands for a request")]
async fn fetch(site: &Site, load: &LoadContext<Arc<str>>) -> Arc<str> {
    match site.get(load.kept().copied()) {
        Some((tag, text)) => {
            load.keep(tag);
            text.into()
        }
        None => load.not_modified().expect("a tag is kept with a value"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_has_not_changed_is_kept_for_another_lifetime() {
    let site = Site::new();
    let first = page(&site, "a").await;
    advance(60 * SECOND).await;
    let second = page(&site, "a").await;
    assert!(Arc::ptr_eq(&first, &second), "not loaded again");
    assert_eq!(site.source.asked(), 2);
    advance(59 * SECOND).await;
    page(&site, "a").await;
    assert_eq!(site.source.asked(), 2, "fresh again");
    advance(SECOND).await;
    site.publish();
    assert_eq!(&*page(&site, "a").await, "page 2");
    advance(60 * SECOND).await;
    assert_eq!(&*page(&site, "a").await, "page 2");
    assert_eq!(site.source.asked(), 4);
}

#[tokio::test(start_paused = true)]
async fn after_an_invalidation_there_is_nothing_to_compare_with() {
    let site = Site::new();
    let first = page(&site, "b").await;
    page_cache().invalidate("b").await;
    let second = page(&site, "b").await;
    assert!(!Arc::ptr_eq(&first, &second));
}

#[tokio::test(start_paused = true)]
async fn a_strict_caller_compares_with_the_fresh_value() {
    let site = Site::new();
    let first = page(&site, "c").await;
    let second = page(&site, "c").no_cache().await;
    assert!(Arc::ptr_eq(&first, &second));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_runs_by_itself_replaces_nothing() {
    let site = Site::new();
    page(&site, "d").await;
    let alone = page(&site, "d").no_store().await;
    assert_eq!((&*alone, site.source.asked()), ("page 1", 2));
}

#[tokio::test(start_paused = true)]
async fn resources_compare_too() {
    #[cached(let page: Arc<str> = fetch(site, &load).await, ttl = "1m", context = load, skip(site))]
    async fn handler(site: &Site) -> Arc<str> {
        page
    }

    #[cached(let page = fetch(&site, &load).await, ttl = "1m", context = load, stale_while_revalidate = "1h", skip(site))]
    async fn ahead(site: Arc<Site>) -> Arc<str> {
        page
    }

    let site = Arc::new(Site::new());
    let first = handler(&site).await;
    let second = ahead(site.clone()).await;
    advance(60 * SECOND).await;
    assert!(Arc::ptr_eq(&first, &handler(&site).await));
    assert!(Arc::ptr_eq(&second, &ahead(site.clone()).await));
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert!(Arc::ptr_eq(&second, &ahead(site.clone()).await));
    assert_eq!(site.source.asked(), 4);
    assert_eq!(ahead_page_cache().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn in_the_background_the_value_that_is_served_is_compared_with() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", context = load, skip(site))]
    async fn page(site: Arc<Site>) -> Arc<str> {
        assert_eq!(load.stale().is_some(), load.kept::<Tag>().is_some());
        fetch(&site, &load).await
    }

    let site = Arc::new(Site::new());
    let first = page(site.clone()).await;
    advance(60 * SECOND).await;
    assert!(Arc::ptr_eq(&first, &page(site.clone()).await));
    cached_attr::flush_background().await;
    assert_eq!(site.source.asked(), 2);
    assert!(Arc::ptr_eq(&first, &page(site.clone()).await));
    assert_eq!(site.source.asked(), 2);
}
