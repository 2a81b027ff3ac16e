//! Copies in memory are served only while changes are known to be reported.

use std::time::{Duration, Instant};

use cached_attr_fleet::proxy::{Mode, Proxy};
use cached_attr_fleet::redis::{RedisFleet, connect, until_trusted};
use cached_attr_fleet::server::Kind;
use cached_attr_runtime::tier::{Change, ChangeListener, Target, Tier as _};

use crate::support::*;

#[tokio::test]
async fn a_frozen_executor_serves_nothing_old() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    let generation = tier.trust().generation().unwrap();
    assert!(tier.trust().holds(generation));
    // Nothing of this runtime runs meanwhile: neither pushes nor heartbeats arrive.
    std::thread::sleep(ms(300));
    assert!(!tier.trust().holds(generation));
    assert_eq!(tier.trust().generation(), None);
    // Nothing was missed: what had been sent was only read late.
    eventually("copies are trusted again", async || {
        tier.trust().holds(generation)
    })
    .await;
}

#[tokio::test]
async fn a_silent_cut_is_noticed_within_one_heartbeat() {
    let fleet = RedisFleet::start(Kind::Redis);
    let proxy = Proxy::start(fleet.server.port()).await;
    let tier = connect(&proxy.url()).build().unwrap();
    until_trusted(&tier).await;
    let generation = tier.trust().generation().unwrap();
    proxy.set(Mode::AnswersStalled);
    tokio::time::sleep(ms(255)).await;
    assert!(!tier.trust().holds(generation));
    proxy.set(Mode::Working);
    until_trusted(&tier).await;
}

#[tokio::test]
async fn what_was_read_before_a_proof_is_not_kept_after_it() {
    let fleet = RedisFleet::start(Kind::Redis);
    let proxy = Proxy::start(fleet.server.port()).await;
    let tier = connect(&proxy.url()).build().unwrap();
    until_trusted(&tier).await;
    let before = tier.trust().generation().unwrap();
    // A read begins, its connection is lost, and another one is proven before its answer is looked at.
    let read = tier.read(LOOKUP).await.unwrap();
    proxy.set(Mode::Cut);
    eventually("the loss is noticed", async || {
        tier.trust().generation().is_none()
    })
    .await;
    proxy.set(Mode::Working);
    until_trusted(&tier).await;
    assert!(!tier.trust().holds(before), "the copy of {read:?}");
    assert_ne!(tier.trust().generation(), Some(before));
}

#[tokio::test]
async fn an_emptied_server_distrusts_every_copy() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    load(&tier, "1", &[]).await;
    let generation = tier.trust().generation().unwrap();
    let () = fleet.command(&["FLUSHALL"]).await;
    eventually("the flush is noticed", async || {
        !tier.trust().holds(generation)
    })
    .await;
    assert_eq!(text(&tier).await, None);
    eventually("the next copies are trusted", async || {
        tier.trust()
            .generation()
            .is_some_and(|next| tier.trust().holds(next))
    })
    .await;
    load(&tier, "2", &[]).await;
}

#[tokio::test]
async fn a_server_that_may_not_track_is_used_without_copies() {
    let fleet = RedisFleet::start(Kind::Redis);
    let limited = [
        "ACL",
        "SETUSER",
        "limited",
        "on",
        ">secret",
        "~*",
        "&*",
        "+@all",
        "-client|tracking",
    ];
    let () = fleet.command(&limited).await;
    let url = format!("redis://limited:secret@127.0.0.1:{}", fleet.server.port());
    let tier: std::sync::Arc<dyn cached_attr_runtime::tier::Tier> =
        std::sync::Arc::new(connect(&url).build().unwrap());
    eventually("the server is used", async || tier.is_up()).await;
    load(&tier, "1", &[]).await;
    assert_eq!(text(&tier).await.as_deref(), Some("1"));
    assert_eq!(tier.trust().generation(), None);
    let health = tier.health().await;
    assert!(health.up && !health.tracking);
}

#[tokio::test]
async fn a_proof_that_a_full_server_refused_is_made_up_for() {
    let fleet = RedisFleet::start(Kind::Redis);
    let first = replica(&fleet).await;
    load(&first, "1", &[]).await;
    let () = fleet.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let tier: std::sync::Arc<dyn cached_attr_runtime::tier::Tier> =
        std::sync::Arc::new(fleet.direct().build().unwrap());
    eventually("the server is used", async || tier.is_up()).await;
    assert_eq!(text(&tier).await.as_deref(), Some("1"));
    assert_eq!(tier.trust().generation(), None);
    let () = fleet.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    eventually("changes are reported", async || {
        tier.trust().generation().is_some()
    })
    .await;
    assert_eq!(tier.stats().connections, 1);
}

struct Stopwatch(tokio::sync::mpsc::UnboundedSender<Instant>);

impl ChangeListener for Stopwatch {
    fn changed(&self, change: Change<'_>) {
        if change == Change::Key(KEY) {
            let _ = self.0.send(Instant::now());
        }
    }
}

#[tokio::test]
async fn a_foreign_delete_is_reported_within_100_ms() {
    for kind in [Kind::Redis, Kind::Valkey] {
        let fleet = RedisFleet::start(kind);
        let tier = replica(&fleet).await;
        let (sender, mut reports) = tokio::sync::mpsc::unbounded_channel();
        tier.changes()
            .listen(std::sync::Arc::new(Stopwatch(sender)));
        let mut worst = Duration::ZERO;
        for _ in 0..50 {
            load(&tier, "1", &[]).await;
            while reports.try_recv().is_ok() {}
            tokio::time::sleep(ms(2)).await;
            while reports.try_recv().is_ok() {}
            let began = Instant::now();
            let () = fleet.command(&["DEL", "shop:r:script:LOQ"]).await;
            let reported = reports.recv().await.unwrap();
            worst = worst.max(reported - began);
        }
        assert!(worst < ms(100), "{kind:?}: {worst:?}");
    }
}

#[tokio::test]
async fn a_burst_of_invalidated_tags_leaves_no_copy_suspended() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (writer, reader) = (replica(&fleet).await, replica(&fleet).await);
    let generation = reader.trust().generation().unwrap();
    for number in 0..200 {
        writer
            .invalidate(Target::tag(&format!("tag {number}")))
            .await;
    }
    eventually("copies are trusted again", async || {
        reader.trust().holds(generation)
    })
    .await;
}
