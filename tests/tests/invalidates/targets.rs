//! What a writer can name, and what its keys are made of.

use std::time::Duration;

use cached_attr::{cached, invalidates};
use cached_attr_tests::Source;

const MILLISECOND: Duration = Duration::from_millis(1);

mod repo {
    use cached_attr::cached;
    use cached_attr_tests::Source;

    #[cached(ttl = "1h", skip(source))]
    pub(super) async fn spec(source: &Source, name: &str) -> u32 {
        let _ = name;
        source.ask()
    }
}

#[cached(ttl = "1h", skip(source))]
async fn names(source: &Source) -> u32 {
    source.ask()
}

#[cached(ttl = "1h", key = "row:{tenant}:{id}", skip(source))]
async fn row(source: &Source, tenant: &str, id: u32) -> u32 {
    source.ask()
}

#[tokio::test(start_paused = true)]
async fn a_writer_may_have_several_targets_by_path_without_a_key_and_by_text() {
    #[invalidates(repo::spec(name), names(), row(name, 1), row(name, id))]
    async fn rename(name: &str, id: u32) -> Result<(), String> {
        if id == 0 {
            return Err(format!("{name} has no row 0"));
        }
        Ok(())
    }

    let source = Source::new();
    let all = async || {
        (
            repo::spec(&source, "a").await,
            names(&source).await,
            row(&source, "a", 1).await,
            row(&source, "a", 2).await,
            row(&source, "a", 3).await,
        )
    };
    assert_eq!(all().await, (1, 2, 3, 4, 5));
    assert_eq!(rename("a", 2).await, Ok(()));
    assert_eq!(all().await, (6, 7, 8, 9, 5), "only what is named");
    rename("a", 0).await.expect_err("there is no such row");
    assert_eq!(all().await, (6, 7, 8, 9, 5));
}

#[tokio::test(start_paused = true)]
async fn a_resource_is_a_target() {
    async fn load(source: &Source, _: &str) -> u32 {
        source.ask_for(MILLISECOND).await
    }

    #[cached(let url = load(source, stage).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source, stage: &str) -> u32 {
        url
    }

    #[invalidates(handler_url(stage))]
    async fn rotate(stage: &str) {
        let _ = stage;
    }

    let source = Source::new();
    assert_eq!(handler(&source, "prod").await, 1);
    assert_eq!(handler(&source, "test").await, 2);
    rotate("prod").await;
    assert_eq!(handler(&source, "prod").await, 3);
    assert_eq!(handler(&source, "test").await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_writer_may_have_two_attributes() {
    #[invalidates(repo::spec(name))]
    #[invalidates(row(name, 1))]
    async fn rename(name: &str) {
        let _ = name;
    }

    let source = Source::new();
    assert_eq!(repo::spec(&source, "two").await, 1);
    assert_eq!(row(&source, "two", 1).await, 2);
    rename("two").await;
    assert_eq!(repo::spec(&source, "two").await, 3);
    assert_eq!(row(&source, "two", 1).await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_writer_may_have_resources_on_either_side() {
    #[invalidates(row(tenant, 5))]
    #[cached(let url = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    async fn above(source: &Source, tenant: &str) -> Result<u32, String> {
        Ok(url)
    }

    #[cached(let url = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    #[invalidates(row(tenant, 5))]
    async fn below(source: &Source, tenant: &str) -> Result<u32, String> {
        Ok(url)
    }

    let source = Source::new();
    assert_eq!(row(&source, "acme", 5).await, 1);
    assert_eq!(above(&source, "acme").await, Ok(2));
    assert_eq!(row(&source, "acme", 5).await, 3);
    assert_eq!(below(&source, "acme").await, Ok(4));
    assert_eq!(row(&source, "acme", 5).await, 5);
}
