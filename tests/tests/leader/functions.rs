//! Functions of other forms.

use std::fmt::Display;
use std::sync::Arc;

use cached_attr::{cached, leader};
use cached_attr_tests::Source;

#[tokio::test]
async fn a_method_names_its_fields_in_the_key() {
    struct Seeder {
        tenant: String,
        source: Source,
    }

    impl Seeder {
        #[leader(key = "method:{self.tenant}", grace = "1h")]
        async fn seed(&self) -> Option<u32> {
            Some(self.source.ask())
        }
    }

    let seeder = |tenant: &str| Seeder {
        tenant: tenant.to_owned(),
        source: Source::new(),
    };
    let (acme, again, other) = (seeder("acme"), seeder("acme"), seeder("other"));
    assert_eq!(acme.seed().await, Some(1));
    assert_eq!(again.seed().await, None);
    assert_eq!(other.seed().await, Some(1));
}

#[tokio::test]
async fn a_call_can_be_spawned() {
    #[leader(key = "spawned:{tenant}:{shard}")]
    async fn seed(tenant: String, shard: u32, source: Arc<Source>) -> Result<Option<u32>, String> {
        tokio::task::yield_now().await;
        Ok(Some(source.ask() + shard))
    }

    let call = tokio::spawn(seed("acme".to_owned(), 10, Arc::default()));
    assert_eq!(call.await.expect("it does not panic"), Ok(Some(11)));
}

#[tokio::test]
async fn generics_patterns_and_mutable_arguments_work_as_before() {
    #[leader(key = "generic:{name}")]
    async fn collect<T: Display>(
        name: &str,
        (left, right): (T, T),
        into: &mut Vec<String>,
        mut count: u32,
    ) -> Option<u32> {
        into.push(format!("{name} {left} {right}"));
        count += 1;
        Some(count)
    }

    let mut into = Vec::new();
    assert_eq!(collect("a", (1, 2), &mut into, 6).await, Some(7));
    assert_eq!(collect("b", ("x", "y"), &mut into, 7).await, Some(8));
    assert_eq!(into, ["a 1 2", "b x y"]);
}

#[tokio::test]
async fn a_function_that_returns_a_boxed_future_is_one_as_well() {
    #[leader(key = "boxed", grace = "1h")]
    fn seed<'a>(
        source: &'a Source,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<u32>> + Send + 'a>> {
        Box::pin(async move { Some(source.ask()) })
    }

    let source = Source::new();
    assert_eq!(seed(&source).await, Some(1));
    assert_eq!(seed(&source).await, None);
}

#[tokio::test]
async fn a_leader_has_resources_like_any_other_function() {
    async fn region(source: &Source) -> u32 {
        tokio::task::yield_now().await;
        source.ask()
    }

    #[leader(key = "resources")]
    #[cached(let region = region(source).await, ttl = "1h", skip(source))]
    async fn seed(source: &Source) -> Option<u32> {
        Some(region)
    }

    let source = Source::new();
    assert_eq!(seed(&source).await, Some(1));
    assert_eq!(seed(&source).await, Some(1));
}
