//! What a tier's parts share: the current connection, and what is known of the server.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use cached_attr_runtime::tier::{Change, Changes, TierError, Token, Trust};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::config::Connect;
use crate::counters::Counters;
use crate::fault::Fault;
use crate::guards::Guards;
use crate::journal::Journal;
use crate::link::{Link, Operation};
use crate::names::Names;
use crate::pushes::MapWatch;
use crate::session;

/// So many releases and the like may be under way in the background; more are left out.
const MOST_IN_BACKGROUND: usize = 1_024;
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Whether the server can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing was tried yet.
    New,
    Up,
    Down,
}

pub(crate) struct Core {
    pub(crate) config: Connect,
    pub(crate) names: Names,
    pub(crate) trust: Trust,
    pub(crate) changes: Changes,
    pub(crate) counters: Counters,
    pub(crate) journal: Journal,
    pub(crate) guards: Guards,
    pub(crate) map_watch: MapWatch,
    /// The connection for commands; none while the server is away: the circuit is open.
    link: ArcSwapOption<Link>,
    phase: watch::Sender<Phase>,
    supervisor: Mutex<Option<(AbortHandle, Handle)>>,
    in_background: AtomicUsize,
}

impl Core {
    pub(crate) fn new(config: Connect) -> Arc<Self> {
        let names = if config.address.is_cluster() {
            Names::in_one_slot(&config.namespace)
        } else {
            Names::new(&config.namespace)
        };
        Arc::new(Core {
            names,
            trust: Trust::new(config.heartbeat),
            changes: Changes::new(),
            counters: Counters::default(),
            journal: Journal::default(),
            guards: Guards::default(),
            map_watch: MapWatch::default(),
            link: ArcSwapOption::empty(),
            phase: watch::Sender::new(Phase::New),
            supervisor: Mutex::default(),
            in_background: AtomicUsize::new(0),
            config,
        })
    }

    /// An operation on the connection, at once or not at all; only the very first use waits for the connection, within
    /// its time limit.
    pub(crate) async fn operation(self: &Arc<Self>) -> Result<Operation, TierError> {
        if let Some(link) = &*self.link.load() {
            return Ok(link.operation());
        }
        self.start();
        let until = Instant::now() + self.config.operation_timeout;
        if *self.phase.borrow() == Phase::New {
            let mut phase = self.phase.subscribe();
            let known = phase.wait_for(|phase| *phase != Phase::New);
            let _ = tokio::time::timeout_at(until, known).await;
        }
        if let Some(link) = &*self.link.load() {
            return Ok(link.operation_until(until));
        }
        self.counters.refused.add();
        Err(TierError::Unavailable)
    }

    /// The same for reads and fills: none before every invalidation of this process is delivered.
    pub(crate) async fn delivered_operation(self: &Arc<Self>) -> Result<Operation, TierError> {
        let operation = self.operation().await?;
        if self.journal.is_empty() {
            Ok(operation)
        } else {
            self.counters.refused.add();
            Err(TierError::Undelivered)
        }
    }

    pub(crate) fn is_up(self: &Arc<Self>) -> bool {
        if self.link.load().is_some() {
            return true;
        }
        // Whoever only looks is a user too: the first look begins the connection.
        self.start();
        false
    }

    /// Counts an error and makes it the caller's.
    pub(crate) fn failed(&self, fault: Fault) -> TierError {
        let error = fault.into();
        match error {
            TierError::Timeout => self.counters.timeouts.add(),
            _ => self.counters.errors.add(),
        }
        error
    }

    /// The server can be used from now on.
    pub(crate) fn up(&self, link: Arc<Link>) {
        self.counters.connections.add();
        // Copies that were made without it end.
        self.changes.report(Change::Everything);
        self.link.store(Some(link));
        if self.phase.send_replace(Phase::Up) != Phase::Up {
            tracing::info!("the shared tier is up");
        }
    }

    /// It cannot. Whether it could until now.
    fn down(&self, fault: &Fault) -> bool {
        let was_up = self.close();
        if self.phase.send_replace(Phase::Down) != Phase::Down {
            tracing::warn!(reason = %fault, "the shared tier is away");
        }
        was_up
    }

    /// Ends the connection. Whether there was one.
    fn close(&self) -> bool {
        let was_up = self.link.swap(None).is_some();
        if was_up {
            self.trust.lost();
            self.changes.report(Change::Everything);
        }
        was_up
    }

    /// Begins to connect, unless that is under way.
    fn start(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let mut supervisor = self
            .supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // It ends only with its runtime, which a test's may do long before the process.
        if let Some((task, _)) = &*supervisor
            && !task.is_finished()
        {
            return;
        }
        let task = runtime.spawn(supervise(Arc::clone(self)));
        *supervisor = Some((task.abort_handle(), runtime));
    }

    pub(crate) fn stop(&self) {
        let supervisor = self
            .supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((task, _)) = &*supervisor {
            task.abort();
        }
    }

    /// Runs what nobody waits for. False where it cannot be run.
    pub(crate) fn in_background(
        self: &Arc<Self>,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> bool {
        let place = Place::take(self);
        let runtime = Handle::try_current().ok().or_else(|| {
            let supervisor = self
                .supervisor
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            supervisor.as_ref().map(|(_, runtime)| runtime.clone())
        });
        let (Some(place), Some(runtime)) = (place, runtime) else {
            return false;
        };
        runtime.spawn(async move {
            work.await;
            drop(place);
        });
        true
    }
}

/// Connects again and again.
async fn supervise(core: Arc<Core>) {
    let _ended = Ended(Arc::clone(&core));
    let mut pause = SHORTEST_PAUSE;
    loop {
        let fault = session::run(&core).await;
        if core.down(&fault) {
            pause = SHORTEST_PAUSE;
        }
        tokio::time::sleep(jittered(pause)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Between half of it and all of it: replicas that lost one server do not come back in step.
fn jittered(pause: Duration) -> Duration {
    let half = pause / 2;
    #[allow(clippy::cast_possible_truncation, reason = "32 of 52 random bits")]
    let random = Token::random_52() as u32;
    half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// The supervisor's runtime ended: the next user starts another.
struct Ended(Arc<Core>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.close();
        self.0.phase.send_replace(Phase::New);
    }
}

/// A place among the background tasks.
struct Place(Arc<Core>);

impl Place {
    fn take(core: &Arc<Core>) -> Option<Self> {
        let before = core.in_background.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(core));
        (before < MOST_IN_BACKGROUND).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.in_background.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("config", &self.config)
            .field("phase", &*self.phase.borrow())
            .finish_non_exhaustive()
    }
}
