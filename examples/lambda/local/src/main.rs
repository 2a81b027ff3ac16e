//! Runs the function against moto: a day of it in a few seconds, printed as a table.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lambda_local::{Function, FunctionError, PartnerApi, Services};
use serde_json::{Value, json};

/// The TTL of the database's address in this run. The attribute says thirty seconds, which would be long to watch.
const DB_URL_TTL: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let program = function()?;
    let services = Services::start().await?;
    let partner = PartnerApi::start("key-1").await;

    println!("{:<44} {:>5}  {:<24} requests", "scene", "ms", "answer");
    let variables = [
        ("AWS_ENDPOINT_URL", services.url().to_owned()),
        ("PARTNER_URL", partner.url()),
        ("DB_URL_TTL_SECONDS", DB_URL_TTL.as_secs().to_string()),
    ];
    let variables = variables.each_ref().map(|(name, value)| (*name, &**value));
    let began = Instant::now();
    let function = Function::start(&program, &variables).await?;
    let mut stage = Stage { services, function };
    stage.print("start: prefetch, five side by side", began, "");
    Ok(stage.play(&partner).await?)
}

/// The function is built beside this program.
fn function() -> Result<PathBuf, Box<dyn Error>> {
    let program = std::env::current_exe()?.with_file_name("lambda");
    if program.is_file() {
        Ok(program)
    } else {
        Err("the function is not built; run `cargo build --workspace`".into())
    }
}

struct Stage {
    services: Services,
    function: Function,
}

impl Stage {
    async fn play(&mut self, partner: &PartnerApi) -> Result<(), FunctionError> {
        self.order("the first order: nothing to load", false)
            .await?;
        self.order("again", false).await?;
        tokio::time::sleep(DB_URL_TTL).await;
        self.order("two seconds later: db_url has expired", false)
            .await?;
        self.order("all settings again, the object is unchanged", true)
            .await?;
        let rules = br#"{"version":2,"blocked":[]}"#;
        let seed = self.services.seed.clone();
        seed.object("app-config", "rules.json", rules).await;
        self.order("rules replaced, all settings again", true)
            .await?;
        seed.rotate_secret("/prod/partner/api_key", "key-2").await;
        partner.change_key("key-2");
        self.order("the key was rotated: refused, loaded, taken", false)
            .await?;
        self.order("again", false).await
    }

    /// One invocation, one line of the table.
    async fn order(&mut self, scene: &str, fresh: bool) -> Result<(), FunctionError> {
        let event =
            json!({ "kind": "order", "id": 1, "region": "eu", "amount": 100, "fresh": fresh });
        let began = Instant::now();
        let answer = match self.function.invoke(&event).await {
            Ok(receipt) => taken(&receipt),
            Err(error @ FunctionError::Failed { .. }) => error.to_string(),
            Err(error) => return Err(error),
        };
        self.print(scene, began, &answer);
        Ok(())
    }

    /// `GetParameter ×2, GetParameters, GET rules.json if changed` are the requests since the last line.
    fn print(&mut self, scene: &str, began: Instant, answer: &str) {
        let took = began.elapsed().as_millis();
        let mut counts = BTreeMap::<String, usize>::new();
        for label in self.services.requests() {
            *counts.entry(short(&label)).or_default() += 1;
        }
        let requests = counts.iter().map(|(label, count)| match count {
            1 => label.clone(),
            _ => format!("{label} ×{count}"),
        });
        let mut requests = requests.collect::<Vec<_>>().join(", ");
        if requests.is_empty() {
            requests.push_str("none");
        }
        println!("{scene:<44} {took:>5}  {answer:<24} {requests}");
    }
}

fn taken(receipt: &Value) -> String {
    format!("taken by rules version {}", receipt["rules"])
}

/// The operation alone; for a file, also its name.
fn short(label: &str) -> String {
    match label.split_once(' ') {
        Some(("GET", path)) => format!("GET {}", path.rsplit('/').next().unwrap_or(path)),
        Some((operation, _)) => operation.to_owned(),
        None => label.to_owned(),
    }
}
