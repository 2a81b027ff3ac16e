//! Files to run and test the service with, the same every time.

use chrono::{DateTime, Days, TimeZone as _, Utc};

use crate::{Bucket, Campaign, Iteration, Operator, Rule};

/// Vaccination targets in the sample.
pub const TARGETS: [&str; 4] = ["RSV", "COVID", "FLU", "MMR"];

/// Campaigns of a realistic deployment.
pub const CAMPAIGNS: u32 = 120;

/// Rounds of a campaign, and rules of a round: about 40 KB a file.
const ITERATIONS: u32 = 6;
const RULES: u32 = 48;

/// Fills a bucket: campaigns, consumer mapping, one feature toggle that is on.
pub async fn write(bucket: &Bucket) -> object_store::Result<()> {
    for number in 0..CAMPAIGNS {
        bucket
            .write(&path(number), json(&campaign(number, 1)))
            .await?;
    }
    bucket.write("consumers.json", consumers().into()).await?;
    for environment in ["", "local", "dev", "test", "preprod", "prod"] {
        let toggle = format!("parameters/{environment}/feature_toggles/iteration_names");
        bucket.write(&toggle, b"true\n".to_vec()).await?;
    }
    Ok(())
}

/// Where a campaign's file is.
#[must_use]
pub fn path(number: u32) -> String {
    format!("campaigns/campaign-{number:04}.json")
}

/// A campaign's file.
#[must_use]
pub fn json(campaign: &Campaign) -> Vec<u8> {
    serde_json::to_vec_pretty(campaign).unwrap_or_default()
}

/// The file of the consumer mapping. `app` and a tester may use all campaigns, and `clinic-pilot` is flagged as a consumer
/// that reads afresh.
#[must_use]
pub fn consumers() -> String {
    let all = serde_json::json!({ "targets": TARGETS });
    let consumers = serde_json::json!({
        "app": all,
        "test-consumer-1": all,
        "flu-app": { "targets": ["FLU"] },
        "clinic-pilot": { "targets": TARGETS, "reads_afresh": true },
    });
    consumers.to_string()
}

/// A campaign of the sample.
#[must_use]
pub fn campaign(number: u32, version: u32) -> Campaign {
    let start = day(2020);
    Campaign {
        id: format!("campaign-{number:04}"),
        version,
        name: format!("Campaign {number}"),
        target: TARGETS[number as usize % TARGETS.len()].to_owned(),
        start,
        end: day(2099),
        iterations: (0..ITERATIONS)
            .map(|round| iteration(number, round, start))
            .collect(),
    }
}

fn iteration(number: u32, round: u32, start: DateTime<Utc>) -> Iteration {
    let at_least = (0..RULES).map(|rule| Rule {
        name: format!("Campaign {number}, round {round}: group {rule} is old enough"),
        operator: Operator::AtLeast,
        age: (number + rule) % 60,
    });
    Iteration {
        id: format!("campaign-{number:04}-{round}"),
        name: format!("Round {round}"),
        start: start + Days::new(u64::from(round) * 90),
        rules: at_least.collect(),
    }
}

fn day(year: i32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0)
        .single()
        .unwrap_or_default()
}
