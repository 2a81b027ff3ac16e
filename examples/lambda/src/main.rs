//! The function that is deployed; with `--local`, everything around it too.

use std::process::ExitCode;

use lambda::{App, Aws, Partner, Settings, local, serve};

/// What the shell gets when the local run cannot start, for example because moto is not installed.
const CANNOT_START: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--local") {
        return match local::show().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(CANNOT_START)
            }
        };
    }
    match function().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn function() -> Result<(), lambda_runtime::Error> {
    let aws = Aws::new(Settings::from_env()?);
    let partner = Partner::new(
        std::env::var("PARTNER_URL")
            .map_err(|_| "PARTNER_URL is not set: the partner's address")?,
    );
    serve(App { aws, partner }).await
}
