//! `cargo run -- --local`: a day of the function in a few seconds, told as a table.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::function::Function;
use super::meter::Meter;
use super::moto::{Moto, MotoError};
use super::partner_api::PartnerApi;
use super::runtime_api::RuntimeApi;
use super::seed::{Seed, SeedError};
use crate::handler::{Event, Order};

/// Why the show stopped.
#[derive(Debug, Error)]
pub enum ShowError {
    /// There is no moto.
    #[error(transparent)]
    Moto(#[from] MotoError),
    /// This machine does not play along.
    #[error("this machine does not play along: {0}")]
    Machine(#[from] std::io::Error),
    /// moto refuses what is put into it.
    #[error("the services could not be filled: {0}")]
    Seed(#[from] SeedError),
}

/// How long the database's address is trusted here. In the attribute it is thirty seconds; the variable makes it short
/// enough to be seen expiring.
const DB_URL_TTL: Duration = Duration::from_secs(2);

struct Stage {
    meter: Meter,
    api: RuntimeApi,
}

/// Starts everything, plays the scenes, prints the table, and ends everything.
pub async fn show() -> Result<(), ShowError> {
    let moto = tokio::task::spawn_blocking(Moto::start)
        .await
        .map_err(std::io::Error::other)??;
    let seed = Seed::at(moto.url());
    seed.example().await?;
    let stage = Stage {
        meter: Meter::before(moto.url()).await?,
        api: RuntimeApi::start().await?,
    };
    let partner = PartnerApi::start("key-1").await?;
    let files = tempfile::tempdir()?;

    println!("{:<44} {:>5}  {:<24} requests", "scene", "ms", "answer");
    let _function = Function::start(
        &std::env::current_exe()?,
        &stage.api.address(),
        [
            ("AWS_ENDPOINT_URL", stage.meter.url().as_str()),
            ("FILES_FOLDER", &files.path().to_string_lossy()),
            ("PARTNER_URL", &partner.url()),
            ("DB_URL_TTL_SECONDS", &DB_URL_TTL.as_secs().to_string()),
        ],
    )?;
    stage.start().await;
    stage.scene("the first order: all is there", 1, false).await;
    stage.scene("again", 2, false).await;
    tokio::time::sleep(DB_URL_TTL).await;
    stage
        .scene("two seconds later: db_url has expired", 3, false)
        .await;
    stage
        .scene("forced refresh: the file is unchanged (304)", 4, true)
        .await;
    seed.object("app-config", "rules.json", br#"{"version":2,"blocked":[]}"#)
        .await?;
    stage.scene("rules replaced, forced refresh", 5, true).await;
    seed.rotate_secret("/prod/partner/api_key", "key-2").await?;
    partner.change_key("key-2");
    stage
        .scene("the key was rotated: refused, then refreshed", 6, false)
        .await;
    stage.scene("again", 7, false).await;
    Ok(())
}

impl Stage {
    /// From the start of the process to its first request for an event, one line too.
    async fn start(&self) {
        let began = Instant::now();
        self.api.first_asked().await;
        self.line("start: prefetch, five side by side", began.elapsed(), "");
    }

    /// One invocation, one line of the table.
    async fn scene(&self, what: &str, id: u64, fresh: bool) {
        let order = Order {
            id,
            region: "eu".to_owned(),
            amount: 100,
            fresh,
        };
        let began = Instant::now();
        let answer = self.api.invoke(&Event::Order(order)).await;
        let took = began.elapsed();
        let answer = match answer {
            Ok(receipt) => format!("taken by rules version {}", receipt["rules"]),
            Err(error) => error.to_string(),
        };
        self.line(what, took, &answer);
    }

    fn line(&self, what: &str, took: Duration, answer: &str) {
        println!(
            "{what:<44} {:>5}  {answer:<24} {}",
            took.as_millis(),
            self.requests()
        );
        self.meter.reset();
    }

    /// `GetParameter ×2, GetParameters, GET rules.json (304)`
    fn requests(&self) -> String {
        let mut told = BTreeMap::<String, usize>::new();
        for (label, count) in self.meter.counts() {
            *told.entry(self.shortened(&label)).or_default() += count;
        }
        if told.is_empty() {
            return "none".to_owned();
        }
        let told = told.iter().map(|(what, &count)| match count {
            1 => what.clone(),
            _ => format!("{what} ×{count}"),
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// The operation; of a file also its name and whether it was unchanged.
    fn shortened(&self, label: &str) -> String {
        let (operation, name) = label.split_once(' ').unwrap_or((label, ""));
        match (operation, self.meter.answered(label, 304)) {
            ("GET", 0) => format!("GET {}", name.rsplit('/').next().unwrap_or(name)),
            ("GET", _) => format!("GET {} (304)", name.rsplit('/').next().unwrap_or(name)),
            _ => operation.to_owned(),
        }
    }
}
