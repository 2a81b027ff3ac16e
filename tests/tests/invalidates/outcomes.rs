//! When a writer's keys are invalidated, by how it ends.

use std::io;

use cached_attr::{cached, invalidates};
use cached_attr_tests::{Gate, Source, Stepped};

#[cached(ttl = "1h", skip(source))]
async fn script(source: &Source, id: u32) -> u32 {
    source.ask() + id
}

#[invalidates(script(id))]
async fn write(gate: &Gate, id: u32, succeeds: bool) -> Result<(), io::Error> {
    gate.pass().await;
    if !succeeds {
        return Err(io::Error::other("nothing written"));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_succeeds_has_invalidated_its_key_and_no_other_when_it_returns() {
    let (source, open) = (Source::new(), Gate::opened());
    assert_eq!(script(&source, 100).await, 101);
    assert_eq!(script(&source, 200).await, 202);
    write(&open, 100, true).await.expect("it succeeds");
    assert_eq!(script(&source, 100).await, 103);
    assert_eq!(script(&source, 200).await, 202);
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_fails_invalidates_nothing() {
    let (source, open) = (Source::new(), Gate::opened());
    assert_eq!(script(&source, 300).await, 301);
    write(&open, 300, false).await.expect_err("it fails");
    assert_eq!(script(&source, 300).await, 301);
}

#[tokio::test(start_paused = true)]
async fn until_a_writer_ends_the_old_answer_serves_and_a_load_begun_meanwhile_is_not_stored_after()
{
    let (source, gate) = (Source::new(), Gate::new());
    assert_eq!(script(&source, 400).await, 401);
    let writer = Stepped::begin(write(&gate, 400, true)).await;
    assert_eq!(script(&source, 400).await, 401);

    #[cached(ttl = "1h", cache = script_cache(), skip(source, gate))]
    async fn slow(source: &Source, gate: &Gate, id: u32) -> u32 {
        let answer = source.ask() + id;
        gate.pass().await;
        answer
    }
    script_cache().invalidate(400).await;
    let slow_gate = Gate::new();
    let load = Stepped::begin(slow(&source, &slow_gate, 400)).await;
    gate.open();
    writer.finish().await.expect("it succeeds");
    slow_gate.open();
    assert_eq!(load.finish().await, 402, "its own caller gets it");
    assert_eq!(script(&source, 400).await, 403, "nobody after the writer");
}

#[tokio::test(start_paused = true)]
async fn every_return_that_is_no_result_is_a_success() {
    #[invalidates(script(id))]
    async fn nothing(id: u32) {
        let _ = id;
    }

    #[invalidates(script(id))]
    async fn none(id: u32) -> Option<u32> {
        id.checked_add(u32::MAX)
    }

    let source = Source::new();
    assert_eq!(script(&source, 500).await, 501);
    nothing(500).await;
    assert_eq!(script(&source, 500).await, 502);
    assert_eq!(none(500).await, None);
    assert_eq!(script(&source, 500).await, 503);
}

#[tokio::test(start_paused = true)]
async fn a_result_behind_an_alias_is_a_result() {
    type Answer = Result<u32, String>;

    #[invalidates(script(id))]
    async fn aliased(id: u32, succeeds: bool) -> Answer {
        succeeds.then_some(id).ok_or_else(|| "no".to_owned())
    }

    let source = Source::new();
    assert_eq!(script(&source, 600).await, 601);
    assert_eq!(aliased(600, false).await, Err("no".to_owned()));
    assert_eq!(script(&source, 600).await, 601);
    assert_eq!(aliased(600, true).await, Ok(600));
    assert_eq!(script(&source, 600).await, 602);
}

#[tokio::test(start_paused = true)]
async fn before_invalidates_first_as_well() {
    #[invalidates(script(id), before)]
    async fn replace(source: &Source, id: u32, succeeds: bool) -> Result<u32, String> {
        let seen = script(source, id).await;
        succeeds.then_some(seen).ok_or_else(|| "no".to_owned())
    }

    let source = Source::new();
    assert_eq!(script(&source, 700).await, 701);
    assert_eq!(replace(&source, 700, true).await, Ok(702), "gone already");
    assert_eq!(script(&source, 700).await, 703, "and gone again after it");
    assert_eq!(replace(&source, 700, false).await, Err("no".to_owned()));
    assert_eq!(
        script(&source, 700).await,
        704,
        "what the failing writer saw is what is there"
    );
}

#[tokio::test(start_paused = true)]
async fn always_invalidates_also_on_an_error() {
    #[invalidates(script(id), always)]
    async fn attempt(id: u32, succeeds: bool) -> Result<u32, String> {
        succeeds.then_some(id).ok_or_else(|| "no".to_owned())
    }

    let source = Source::new();
    assert_eq!(script(&source, 800).await, 801);
    assert_eq!(attempt(800, false).await, Err("no".to_owned()));
    assert_eq!(script(&source, 800).await, 802);
    assert_eq!(attempt(800, true).await, Ok(800));
    assert_eq!(script(&source, 800).await, 803);
}

#[tokio::test(start_paused = true)]
async fn before_and_always_work_together() {
    #[invalidates(always, script(id), before)]
    async fn attempt(source: &Source, id: u32) -> Result<(), u32> {
        Err(script(source, id).await)
    }

    let source = Source::new();
    assert_eq!(script(&source, 900).await, 901);
    assert_eq!(attempt(&source, 900).await, Err(902));
    assert_eq!(script(&source, 900).await, 903);
}
