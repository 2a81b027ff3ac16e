//! The function that is deployed.

use std::process::ExitCode;

use lambda::{App, Aws, Partner, Settings, serve};

#[tokio::main]
async fn main() -> ExitCode {
    // Lambda sends standard output to the log, and adds the time. The library logs through the subscriber too.
    tracing_subscriber::fmt()
        .without_time()
        .with_ansi(false)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the function cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), lambda_runtime::Error> {
    // A TTL that cannot be parsed fails the deployment instead of being replaced by the attribute's.
    cached_attr::check()?;
    let aws = Aws::new(Settings::from_env()?);
    let partner = std::env::var("PARTNER_URL")
        .map_err(|_| "the environment variable PARTNER_URL is not set: the partner's address")?;
    serve(App {
        aws,
        partner: Partner::new(partner),
    })
    .await
}
