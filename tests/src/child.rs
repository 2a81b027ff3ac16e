//! Tests that need a process of their own, with an environment of its own.

use std::process::Command;

const MARK: &str = "CACHED_ATTR_TEST_CHILD";

/// Runs `body` in a new process of this test binary, with these environment variables. `test` is the full
/// name of the test that calls this.
///
/// # Panics
///
/// When the body panics there, or the test is not called `test`.
pub fn in_child(test: &str, variables: &[(&str, &str)], body: impl FnOnce()) {
    if std::env::var_os(MARK).is_some_and(|of| of == test) {
        body();
        println!("{test} ran");
        return;
    }
    let this = std::env::current_exe().expect("a test binary knows where it is");
    let output = Command::new(this)
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(MARK, test)
        .envs(variables.iter().copied())
        .output()
        .expect("a test binary can run again");
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && printed.contains(&format!("{test} ran")),
        "in a process with {variables:?}:\n{printed}\n{errors}"
    );
}
