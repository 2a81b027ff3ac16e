//! `instrument-api` serves the database of `DATABASE_URL`, or a sample in memory.
//!
//! `VALKEY_URL` or `REDIS_URL` names the server that its replicas share.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, SystemTime};
use std::{env, error, process};

use instrument_api::{App, Claims, Db, Keys, Role, announce, fill, router};
use tokio::net::TcpListener;

type Failure = Box<dyn error::Error>;

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    if let Err(error) = serve().await {
        eprintln!("instrument-api cannot start: {error}");
        process::exit(1);
    }
}

async fn serve() -> Result<(), Failure> {
    // Only an address that makes no sense is an error: a server that is away is not.
    if let Some(tier) = cached_attr_redis::from_env()? {
        tier.namespace("fia_api").install()?;
    }
    println!("{}", announce()?.join("\n"));
    let app = match env::var("DATABASE_URL") {
        Ok(url) => over(&url).await?,
        Err(_) => over_sample().await?,
    };

    let port = env::var("PORT").map_or(Ok(8080), |port| port.parse())?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let stop = async {
        // Where the signal cannot be received, the process ends without a graceful shutdown.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router(app))
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

async fn over(url: &str) -> Result<App, Failure> {
    let secret = env::var("JWT_SECRET").map_err(|_| "JWT_SECRET is not set")?;
    let db = Db::open(url)?;
    if let Err(error) = db.create_tables().await {
        // Not ready, but what the replicas share can be served.
        tracing::error!(error = &error as &dyn error::Error, "no tables");
    }
    Ok(App {
        db,
        keys: Keys::new(&secret),
    })
}

/// Needs nothing, and prints what a visitor needs.
async fn over_sample() -> Result<App, Failure> {
    let db = Db::open("sqlite::memory:")?;
    fill(&db).await?;
    let keys = Keys::new("sample");
    let end = SystemTime::now() + Duration::from_hours(8);
    let token = keys.token(&Claims {
        role: Role::Staff,
        user_number: 100,
        exp: end.duration_since(SystemTime::UNIX_EPOCH)?.as_secs(),
    })?;
    println!("a sample in memory; for staff: Authorization: Bearer {token}");
    Ok(App { db, keys })
}
