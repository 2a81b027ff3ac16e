//! Who competes: the key is computed on each call.

use std::sync::OnceLock;

use cached_attr::leader;
use cached_attr_tests::{Gate, Source, Stepped};

#[tokio::test]
async fn other_arguments_in_the_key_are_another_election() {
    #[leader(key = "seed:{tenant}:{region}", grace = "1h")]
    async fn seed(source: &Source, tenant: &str, region: &str) -> Option<u32> {
        let _ = (tenant, region);
        Some(source.ask())
    }

    let source = Source::new();
    assert_eq!(seed(&source, "acme", "eu").await, Some(1));
    assert_eq!(seed(&source, "acme", "us").await, Some(2));
    assert_eq!(seed(&source, "acme", "eu").await, None);
    // Neither is spelled as the other.
    assert_eq!(seed(&source, "a:b", "c").await, Some(3));
    assert_eq!(seed(&source, "a", "b:c").await, Some(4));
}

#[tokio::test]
async fn functions_with_one_key_compete_with_each_other() {
    #[leader(key = "migrations")]
    async fn migrate(gate: &Gate) -> Option<u32> {
        gate.pass().await;
        Some(1)
    }

    #[leader(key = "migrations")]
    async fn roll_back() -> Option<u32> {
        Some(2)
    }

    let gate = Gate::new();
    let migrating = Stepped::begin(migrate(&gate)).await;
    assert_eq!(roll_back().await, None);
    gate.open();
    assert_eq!(migrating.finish().await, Some(1));
    assert_eq!(roll_back().await, Some(2));
}

/// K-F13: a name from settings that are read after the function was defined, and even first called.
#[tokio::test]
async fn a_key_from_settings_is_read_when_the_function_is_called() {
    static PROJECT: OnceLock<String> = OnceLock::new();

    fn seeding() -> String {
        let project = PROJECT.get().map_or("unconfigured", String::as_str);
        format!("{project}:seeding")
    }

    #[leader(key = seeding(), grace = "1h")]
    async fn seed(source: &Source) -> Option<u32> {
        Some(source.ask())
    }

    let source = Source::new();
    assert_eq!(seed(&source).await, Some(1));
    PROJECT.set("shop".to_owned()).expect("set once");
    assert_eq!(seed(&source).await, Some(2));
    assert_eq!(seed(&source).await, None);
}

#[tokio::test]
async fn a_key_and_durations_may_be_expressions_over_the_arguments() {
    struct Job {
        key: String,
        grace: std::time::Duration,
    }

    #[leader(key = job.key, ttl = job.grace * 2, grace = job.grace)]
    async fn run(job: Job) -> Option<String> {
        // The key is a copy: the body may take its arguments apart.
        Some(job.key)
    }

    let job = || Job {
        key: "expressions".to_owned(),
        grace: std::time::Duration::from_secs(3600),
    };
    assert_eq!(run(job()).await.as_deref(), Some("expressions"));
    assert_eq!(run(job()).await, None);
}
