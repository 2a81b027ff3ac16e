//! `tenants` serves the tenants of `CONFIG` and the documents of `DOCUMENTS`, or a sample in the temp folder.
//!
//! `VALKEY_URL` or `REDIS_URL` names the server that its replicas share, and `PROJECT_NAME` what its keys there begin with.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, error, fs, process};

use tenants::{Config, Documents, Options, Sources, router, seed};
use tokio::net::TcpListener;

type Failure = Box<dyn error::Error>;

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    if let Err(error) = serve().await {
        eprintln!("tenants cannot start: {error}");
        process::exit(1);
    }
}

async fn serve() -> Result<(), Failure> {
    // Only an address that makes no sense is an error: a server that is away is not, now or later.
    if let Some(tier) = cached_attr_redis::from_env()? {
        let project = env::var("PROJECT_NAME").unwrap_or_else(|_| "tenants".to_owned());
        tier.namespace(project).install()?;
    }
    cached_attr::check()?;
    let sources = Arc::new(sources()?);
    match seed(&sources).await {
        Ok(Some(count)) => println!("seeded {count} tenants"),
        Ok(None) => println!("not seeded here"),
        Err(error) => tracing::error!(error = &error as &dyn error::Error, "not seeded"),
    }

    let port = env::var("PORT").map_or(Ok(8080), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let stop = async {
        // Where the signal cannot be received, the process ends without a graceful shutdown.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router(sources))
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

fn sources() -> Result<Sources, Failure> {
    let config = match env::var("CONFIG") {
        Ok(path) => fs::read_to_string(path)?,
        Err(_) => include_str!("../sample.yaml").to_owned(),
    };
    let folder = env::var_os("DOCUMENTS").map_or_else(sample_folder, |folder| Ok(folder.into()))?;
    Ok(Sources::new(
        Config::parse(&config)?,
        Documents::new(folder),
        Options::from_env(),
    ))
}

fn sample_folder() -> io::Result<PathBuf> {
    let folder = env::temp_dir().join("tenants-sample");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
