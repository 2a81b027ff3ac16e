//! One desk a test: services, a meter in front of them, clients, an empty folder.

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use lambda::local::{Meter, Moto, MotoError, Seed};
use lambda::{Aws, Settings};
use tempfile::TempDir;

/// One moto for all tests of this process; every test keeps to names of its own. It ends with the process.
static MOTO: LazyLock<Result<Moto, MotoError>> = LazyLock::new(Moto::start);

pub(crate) struct Desk {
    pub(crate) meter: Meter,
    pub(crate) seed: Seed,
    pub(crate) aws: Aws,
    pub(crate) folder: TempDir,
    _own_services: Option<Moto>,
}

impl Desk {
    /// A desk with the services that all tests share. None where moto is not installed: see [`or_skip`].
    pub(crate) async fn set() -> Option<Self> {
        let moto = or_skip(MOTO.as_ref())?;
        Some(Self::before(moto).await)
    }

    /// A desk with services of its own, filled with what the example's handler needs.
    pub(crate) async fn of_the_example() -> Option<Self> {
        let moto = or_skip(Moto::start())?;
        let desk = Self::before(&moto).await;
        desk.seed
            .example()
            .await
            .expect("empty services take everything");
        Some(Self {
            _own_services: Some(moto),
            ..desk
        })
    }

    async fn before(moto: &Moto) -> Self {
        let meter = Meter::before(moto.url()).await.expect("a free port");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let aws = Aws::new(Settings::local(meter.url(), folder.path()));
        Self {
            meter,
            seed: Seed::at(moto.url()),
            aws,
            folder,
            _own_services: None,
        }
    }

    /// Another container: clients of its own, the same services behind the same meter.
    pub(crate) fn another_container(&self) -> Aws {
        Aws::new(Settings::local(self.meter.url(), self.folder.path()))
    }
}

/// None where moto is not installed, after one line that says so; with `CACHED_ATTR_REQUIRE_SERVERS=1` that is a failure.
fn or_skip<M, E: std::fmt::Display>(moto: Result<M, E>) -> Option<M> {
    match moto {
        Ok(moto) => Some(moto),
        Err(error)
            if std::env::var("CACHED_ATTR_REQUIRE_SERVERS").is_ok_and(|value| value == "1") =>
        {
            panic!("{error}")
        }
        Err(error) => {
            let test = std::thread::current();
            let why = error
                .to_string()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            // Not `eprintln!`, which is shown for failing tests only.
            let _ = writeln!(
                std::io::stderr(),
                "skipped {}: {why}",
                test.name().unwrap_or_default()
            );
            None
        }
    }
}

/// Lets time pass without waiting for it. The clock is stopped for the jump only: real answers arrive in real time, and a
/// stopped clock would jump to their timeouts.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

pub(crate) const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

pub(crate) const fn millis(number: u64) -> Duration {
    Duration::from_millis(number)
}
