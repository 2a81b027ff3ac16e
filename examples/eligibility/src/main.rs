//! `eligibility [PLACE]` serves the configs of a folder or of `s3://BUCKET`; `eligibility --sample PLACE` writes a sample
//! to it and ends.

use std::io::{self, IsTerminal as _};
use std::{env, error, fs, process};

use chrono::Utc;
use eligibility::{App, Bucket, Environment, announce, router, sample};
use tokio::net::TcpListener;

type Failure = Box<dyn error::Error>;

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match *arguments {
        [] => serve_sample().await,
        ["--sample", place] => write_sample(place).await.map(drop),
        [place] => serve_place(place).await,
        _ => Err("write `eligibility [PLACE]` or `eligibility --sample PLACE`".into()),
    };
    if let Err(error) = outcome {
        eprintln!("eligibility cannot start: {error}");
        process::exit(1);
    }
}

async fn serve_place(place: &str) -> Result<(), Failure> {
    serve(Bucket::open(place)?).await
}

/// Serves a sample in the temp folder.
async fn serve_sample() -> Result<(), Failure> {
    let folder = env::temp_dir().join("eligibility-sample");
    serve(write_sample(&folder.to_string_lossy()).await?).await
}

async fn write_sample(place: &str) -> Result<Bucket, Failure> {
    if !place.contains("://") {
        fs::create_dir_all(place)?;
    }
    let bucket = Bucket::open(place)?;
    sample::write(&bucket).await?;
    Ok(bucket)
}

async fn serve(bucket: Bucket) -> Result<(), Failure> {
    let environment = Environment::current();
    println!("{}", announce(&environment)?.join("\n"));
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
        // Where the signal cannot be received, the process ends without a graceful shutdown.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router(app))
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}
