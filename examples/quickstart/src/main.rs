//! Watch `#[cached]` remember answers: `cargo run -p quickstart`.
//!
//! A small HTTP service of our own serves a folder of JSON files; cached functions call it. Every
//! step asserts what it prints, so the program fails when the cache does not do what it says.
//!
//! With `-- --inspect` it serves the page of `cached-attr-inspector` instead, under steady traffic.

mod campaigns;
mod folder;
mod http;
mod inspect;
mod report;
mod service;
mod steps;

use std::error::Error;

use folder::Folder;
use report::Report;
use service::Service;

/// What a step can fail with.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome {
    let folder = Folder::generate()?;
    let service = Service::start(&folder).await?;
    println!("{folder}, served at http://{}\n", service.address());
    if std::env::args().any(|argument| argument == "--inspect") {
        return inspect::run(&service).await;
    }

    let mut report = Report::default();
    report
        .run(
            "cold: 100 tasks read every campaign",
            &service,
            steps::crowd(&service),
        )
        .await?;
    report
        .run("warm: the same again", &service, steps::crowd(&service))
        .await?;
    report
        .run(
            "a file is edited, then invalidated",
            &service,
            steps::edit(&service, &folder),
        )
        .await?;
    report
        .run(
            "the overview expires after 300 ms",
            &service,
            steps::expiry(&service),
        )
        .await?;
    report
        .run(
            "a test consumer bypasses the cache",
            &service,
            steps::bypass(&service),
        )
        .await?;
    report
        .run(
            "the service fails, then recovers",
            &service,
            steps::failure(&service),
        )
        .await?;

    println!("{report}");
    println!(
        "Try next: put `ttl = \"300ms\"` on `campaign` in examples/quickstart/src/campaigns.rs and run again."
    );
    Ok(())
}
