//! One connection's life: opened, caught up, proven, used, lost.

use std::sync::Arc;

use cached_attr_runtime::tier::{Heartbeat, Token};
use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Pipeline, Value};

use crate::address::open;
use crate::core::Core;
use crate::fault::Fault;
use crate::follow;
use crate::invalidate;
use crate::link::Link;
use crate::pushes::{Signals, receiver};
use crate::scripts::Script;

/// Connects and serves until that ends; why it did.
pub(crate) async fn run(core: &Arc<Core>) -> Fault {
    match Session::open(core).await {
        Ok(mut session) => session.serve().await,
        Err(fault) => fault,
    }
}

struct Session<'a> {
    core: &'a Arc<Core>,
    link: Arc<Link>,
    /// The connection that pushes come on. It writes nothing.
    pushes: MultiplexedConnection,
    signals: Arc<Signals>,
    /// The key whose push is awaited.
    probe: String,
    /// The state of the map before pushes were switched on.
    known: follow::Known,
    tracking: Tracking,
}

/// Whether the server reports changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tracking {
    Refused,
    /// It said yes, but the probe's push did not come: a full server refuses the probe, for one.
    Unproven,
    Proven,
}

/// So many heartbeats lie between two attempts to prove that changes are reported.
const BEATS_BETWEEN_PROOFS: u32 = 12;

impl<'a> Session<'a> {
    async fn open(core: &'a Arc<Core>) -> Result<Self, Fault> {
        let limit = core.config.operation_timeout;
        let client = core.config.address.client(core.names.map(), limit).await?;
        let probe = Token::new();
        let signals = Arc::new(Signals::new(probe));
        let receiving = AsyncConnectionConfig::new().set_push_sender(receiver(core, &signals));
        let (pushes, commands) = tokio::join!(
            open(&client, receiving, limit),
            open(&client, AsyncConnectionConfig::new(), limit),
        );
        let link = Arc::new(Link::new(commands?, limit));
        prepare(core, &link).await?;
        let known = follow::ensure(core, &link).await?;
        invalidate::replay(core, &link).await?;
        let mut session = Session {
            core,
            link,
            pushes: pushes?,
            signals,
            probe: core.names.probe(probe),
            known,
            tracking: Tracking::Refused,
        };
        if session.switch_tracking_on().await? {
            session.prove().await?;
        } else {
            // A heartbeat all the same: is this a primary?
            session.beat().await?;
        }
        core.guards.check_all(core, &session.link).await;
        if session.tracking != Tracking::Proven {
            tracing::warn!(
                "the server does not report changes: the shared tier is used without copies in memory"
            );
        }
        core.up(Arc::clone(&session.link));
        Ok(session)
    }

    /// False where the server refuses.
    async fn switch_tracking_on(&mut self) -> Result<bool, Fault> {
        let mut tracking = Pipeline::new();
        tracking
            .cmd("CLIENT")
            .arg(&["TRACKING", "ON", "BCAST", "PREFIX"])
            .arg(self.core.names.prefix());
        let answers = self.send(&tracking).await?;
        Ok(answers
            .iter()
            .all(|answer| Fault::in_value(answer).is_none()))
    }

    /// Proves that pushes arrive: by a write on the other connection.
    async fn prove(&mut self) -> Result<(), Fault> {
        let mut write = Pipeline::new();
        write
            .cmd("SET")
            .arg(&self.probe)
            .arg("")
            .arg("PX")
            .arg(1_000);
        write.cmd("UNLINK").arg(&self.probe);
        let written = self.link.operation().send(&write).await?;
        // Refused, it leaves changes unproven; but a server that the slot is leaving is not to be used.
        if let Some(fault) = Fault::first_broken(&written) {
            return Err(fault);
        }
        let proven = self.signals.proven.notified();
        let arrived = tokio::time::timeout(self.core.config.operation_timeout, proven).await;
        // Behind the proof, so that the first copies find an answered heartbeat.
        self.beat().await?;
        self.tracking = Tracking::Unproven;
        if arrived.is_ok() {
            self.tracking = Tracking::Proven;
            self.core.trust.proven();
        }
        Ok(())
    }

    /// Sends commands on the connection for pushes.
    async fn send(&mut self, commands: &Pipeline) -> Result<Vec<Value>, Fault> {
        let config = &self.core.config;
        let limit = config.operation_timeout.max(config.heartbeat);
        let answers = self.pushes.req_packed_commands(commands, 0, commands.len());
        match tokio::time::timeout(limit, answers).await {
            Ok(answers) => answers.map_err(Fault::from),
            Err(_) => Err(Fault::timeout()),
        }
    }

    /// One heartbeat: a primary has to answer it. A replica would answer too, and push nothing.
    async fn beat(&mut self) -> Result<(), Fault> {
        let mut beat = Pipeline::new();
        beat.cmd("ROLE");
        if self.core.config.address.is_cluster() {
            // So would a primary that the namespace's slot has left.
            beat.cmd("EXISTS").arg(self.core.names.map());
        }
        let sent = Heartbeat::sent();
        let answers = self.send(&beat).await?;
        if let Some(fault) = Fault::first_broken(&answers) {
            return Err(fault);
        }
        if answers
            .iter()
            .any(|answer| Fault::in_value(answer).is_some())
        {
            // A user without the permission for these has a server, but no copies.
            return Ok(());
        }
        match answers.first() {
            Some(Value::Array(role)) if is_text(role.first(), "master") => {
                self.core.trust.beat(sent);
                Ok(())
            }
            Some(_) => Err(Fault::broken("the server is not a primary")),
            None => Err(Fault::broken("an answer is missing")),
        }
    }

    async fn serve(&mut self) -> Fault {
        let (core, link, signals) = (self.core, Arc::clone(&self.link), Arc::clone(&self.signals));
        let known = self.known;
        tokio::select! {
            fault = self.heartbeats() => fault,
            fault = follow::follow(core, &link, known) => fault,
            never = invalidate::deliver(core, &link) => match never {},
            () = signals.disconnected.notified() => Fault::broken("the connection for changes ended"),
            () = link.broken.notified() => Fault::broken("the connection for commands ended or did not answer"),
        }
    }

    async fn heartbeats(&mut self) -> Fault {
        let mut beats = 0_u32;
        loop {
            beats = beats.wrapping_add(1);
            tokio::time::sleep(self.core.config.heartbeat / 3).await;
            let is_unproven = self.tracking == Tracking::Unproven;
            let beaten = if is_unproven && beats.is_multiple_of(BEATS_BETWEEN_PROOFS) {
                self.prove().await
            } else {
                self.beat().await
            };
            if let Err(fault) = beaten {
                return fault;
            }
        }
    }
}

/// Loads the scripts: a command that comes late, after its caller has given up, is not sent again by its text.
async fn prepare(core: &Core, link: &Arc<Link>) -> Result<(), Fault> {
    let mut commands = Pipeline::new();
    commands.cmd("INFO").arg("cluster");
    for script in Script::ALL {
        commands
            .cmd("SCRIPT")
            .arg("LOAD")
            .arg(&script.source().code);
    }
    // Where that is not permitted, each is sent by its text the first time.
    let answers = link.operation().send(&commands).await?;
    let info = match answers.first() {
        Some(Value::BulkString(info)) => String::from_utf8_lossy(info).into_owned(),
        Some(Value::VerbatimString { text, .. }) => text.clone(),
        _ => String::new(),
    };
    // The names of such an address are spread over several servers: most of them could not be reached.
    if info.contains("cluster_enabled:1") && !core.config.address.is_cluster() {
        return Err(Fault::broken(
            "the server is a node of a cluster, whose address is written redis+cluster://host:port",
        ));
    }
    Ok(())
}

fn is_text(value: Option<&Value>, text: &str) -> bool {
    match value {
        Some(Value::BulkString(bytes)) => bytes == text.as_bytes(),
        Some(Value::SimpleString(string)) => string == text,
        _ => false,
    }
}
