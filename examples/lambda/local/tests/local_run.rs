//! The program as its README starts it: it fails unless the function answers every event.

use std::process::Command;

#[test]
fn the_local_run_sees_every_event_answered() {
    let program = env!("CARGO_BIN_EXE_lambda-local");
    let run = Command::new(program)
        .status()
        .expect("it was built with this test");
    assert!(run.success(), "{run}");
}
