//! What the environment of the process decides.

use eligibility::{Bucket, sample};
use tempfile::TempDir;

use crate::program::Program;

/// Files that the sample's load reads: the campaigns.
const CAMPAIGNS: u64 = sample::CAMPAIGNS as u64;

/// A folder with the sample, and the program over it.
async fn start(variables: &[(&str, &str)]) -> (Program, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    sample::write(&Bucket::open(place).unwrap()).await.unwrap();
    (Program::start(place, variables).await, folder)
}

#[tokio::test]
async fn n_b2_with_a_ttl_of_zero_every_request_reads_the_bucket() {
    let (off, _folder) = start(&[("CONFIG_CACHE_TTL_SECONDS", "0"), ("ENVIRONMENT", "prod")]).await;
    let (on, _folder_too) = start(&[("ENVIRONMENT", "prod")]).await;
    for _ in 0..3 {
        off.eligibility("app").await;
        on.eligibility("app").await;
    }
    // The mapping and the toggle, cached by both, are two reads.
    assert_eq!(off.bucket_requests().await, (3, 3 * CAMPAIGNS + 2));
    assert_eq!(on.bucket_requests().await, (1, CAMPAIGNS + 2));
}

#[tokio::test]
async fn n_b8_the_environment_overrides_the_ttl() {
    let (program, _folder) = start(&[("CONFIG_CACHE_TTL_SECONDS", "60")]).await;
    let response = program.eligibility("app").await;
    let status = response.header("cache-status");
    let left = status.rsplit_once("ttl=").expect("a stored answer").1;
    // Counted from the start of the load; 1800 without the variable.
    assert!((1..=60).contains(&left.parse().unwrap()), "{status}");
}

#[tokio::test]
async fn n_b8_with_a_ttl_that_cannot_be_parsed_the_service_does_not_start() {
    for value in ["abc", "-1"] {
        let (mut program, _folder) = start(&[("CONFIG_CACHE_TTL_SECONDS", value)]).await;
        assert!(program.address.is_none(), "{value:?}: {}", program.output);
        assert!(!program.child.wait().await.unwrap().success(), "{value:?}");
        let variable = "`CONFIG_CACHE_TTL_SECONDS`";
        assert!(program.output.contains(variable), "{}", program.output);
    }
}

#[tokio::test]
async fn n_b1_outside_a_known_environment_every_request_reads_the_mapping() {
    for (environment, reads_more) in [("local", 1), ("prod", 0)] {
        let (program, _folder) = start(&[("ENVIRONMENT", environment)]).await;
        program.eligibility("app").await;
        let (_, before) = program.bucket_requests().await;
        program.eligibility("app").await;
        let (_, after) = program.bucket_requests().await;
        assert_eq!(after - before, reads_more, "{environment}");
    }
}

#[tokio::test]
async fn n_f8_at_start_the_service_prints_each_ttl_and_where_it_comes_from() {
    let printed = async |variables: &[(&str, &str)], lines: [&str; 2]| {
        let (program, _folder) = start(variables).await;
        for line in lines {
            let found = program.output.lines().any(|printed| printed == line);
            assert!(found, "{line}: {}", program.output);
        }
    };
    printed(
        &[],
        [
            "campaign_configs: cached for 30m (attribute)",
            "consumer_mapping: not cached (ENVIRONMENT=\"\")",
        ],
    )
    .await;
    printed(
        &[("CONFIG_CACHE_TTL_SECONDS", "90"), ("ENVIRONMENT", "prod")],
        [
            "campaign_configs: cached for 1m 30s (CONFIG_CACHE_TTL_SECONDS)",
            "consumer_mapping: cached for 5m (ENVIRONMENT=\"prod\")",
        ],
    )
    .await;
    printed(
        &[
            ("CONFIG_CACHE_TTL_SECONDS", "0"),
            ("ENVIRONMENT", "production"),
        ],
        [
            "campaign_configs: not cached (CONFIG_CACHE_TTL_SECONDS)",
            "consumer_mapping: not cached (ENVIRONMENT=\"production\")",
        ],
    )
    .await;
}
