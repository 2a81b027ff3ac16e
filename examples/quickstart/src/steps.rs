//! What is shown, one step a function.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::Outcome;
use crate::campaigns::{campaign, campaign_cache, overview, overview_cache};
use crate::folder::{CAMPAIGNS, Folder};
use crate::service::Service;

/// Tasks that call at the same time.
const TASKS: u32 = 100;
/// Groups of tasks that start at the same campaign, each group at another one.
const GROUPS: u32 = 10;

/// A hundred tasks, each reading all campaigns.
pub(crate) async fn crowd(service: &Service) -> Outcome<String> {
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let service = service.clone();
        let first = task % GROUPS * (CAMPAIGNS / GROUPS);
        tasks.spawn(async move {
            let mut rules = 0;
            for id in (first..CAMPAIGNS).chain(0..first) {
                let campaign = campaign(&service, id, "app").await?;
                rules += campaign
                    .iterations
                    .iter()
                    .map(|round| round.rules.len())
                    .sum::<usize>();
            }
            Outcome::Ok(rules)
        });
    }
    let mut rules = 0;
    while let Some(read) = tasks.join_next().await {
        rules = read??;
    }
    Ok(format!("each task saw the same {rules} rules"))
}

/// An edited file: the old answer until it is invalidated, the new one at once afterwards.
pub(crate) async fn edit(service: &Service, folder: &Folder) -> Outcome<String> {
    let name = campaign(service, 7, "app").await?.name.clone();
    folder.write(7, 2)?;
    let before = campaign(service, 7, "app").await?.version;
    campaign_cache().invalidate(&7).await;
    let after = campaign(service, 7, "app").await?.version;
    expect(
        before == 1 && after == 2,
        "an invalidated answer is never served again",
    )?;
    Ok(format!(
        "{name}: version {before} before, version {after} after"
    ))
}

/// A short ttl: a second call within it is a hit, one after it asks again.
pub(crate) async fn expiry(service: &Service) -> Outcome<String> {
    for _ in 0..10 {
        overview(service).await?;
    }
    let first = overview_cache().stats().loads;
    tokio::time::sleep(Duration::from_millis(350)).await;
    let listed = overview(service).await?.len();
    let second = overview_cache().stats().loads;
    expect(first == 1 && second == 2, "one load a lifetime")?;
    Ok(format!(
        "{listed} listed; 1 load for 10 calls, 1 more after 350 ms"
    ))
}

/// A bypassed caller reads from the service every time and leaves the cache as it was.
pub(crate) async fn bypass(service: &Service) -> Outcome<String> {
    let requests = service.requests();
    for _ in 0..10 {
        campaign(service, 7, "test-rig").await?;
    }
    let asked = service.requests() - requests;
    campaign(service, 7, "app").await?;
    expect(
        service.requests() - requests == asked && asked == 10,
        "a bypassed caller always asks",
    )?;
    Ok(format!(
        "{asked} calls, {asked} requests; everyone else still hits"
    ))
}

/// A failing service: what is remembered is still served, errors are not remembered.
pub(crate) async fn failure(service: &Service) -> Outcome<String> {
    service.set_broken(true);
    campaign(service, 8, "app").await?;
    campaign_cache().invalidate(&9).await;
    let requests = service.requests();
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let service = service.clone();
        tasks.spawn(async move {
            campaign(&service, 9, "app")
                .await
                .map(|campaign| campaign.version)
        });
    }
    let answers = tasks.join_all().await;
    let asked = service.requests() - requests;
    let failed = answers.iter().filter(|answer| answer.is_err()).count();
    let said = answers
        .into_iter()
        .find_map(Result::err)
        .map(|error| error.to_string())
        .unwrap_or_default();
    service.set_broken(false);
    campaign(service, 9, "app").await?;
    expect(
        failed == TASKS as usize,
        "a failed load answers everyone who waited for it",
    )?;
    Ok(format!(
        "{failed} callers, {asked} request, \"{said}\"; the next call succeeds"
    ))
}

fn expect(holds: bool, rule: &str) -> Outcome {
    if holds {
        Ok(())
    } else {
        Err(format!("this should hold and does not: {rule}").into())
    }
}
