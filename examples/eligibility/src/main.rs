//! `eligibility [FOLDER | s3://BUCKET]`: serves the configs of a folder or a bucket.

use std::io::{self, IsTerminal as _};
use std::{env, error, process};

use chrono::Utc;
use eligibility::{App, Bucket, Environment, announce, router, sample};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_ansi(colours)
        .with_writer(io::stderr)
        .init();
    if let Err(error) = serve().await {
        eprintln!("eligibility cannot start: {error}");
        process::exit(1);
    }
}

async fn serve() -> Result<(), Box<dyn error::Error>> {
    let environment = Environment::current();
    println!("{}", announce(&environment)?.join("\n"));
    let bucket = open()?;
    println!("reading {}", bucket.name());

    let port = env::var("PORT").map_or(Ok(8080), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = App {
        bucket,
        environment,
        now: Utc::now,
    };
    let stop = async {
        // Without the signal there is nothing to stop for.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router(app))
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

/// The bucket on the command line; without one, a sample in the temp folder.
fn open() -> Result<Bucket, Box<dyn error::Error>> {
    if let Some(place) = env::args().nth(1) {
        return Ok(Bucket::open(&place)?);
    }
    let folder = env::temp_dir().join("eligibility-sample");
    sample::write(&folder)?;
    Ok(Bucket::open(&folder.to_string_lossy())?)
}
