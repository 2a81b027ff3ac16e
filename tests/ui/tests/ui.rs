//! Each file under `fail` is one mistake, and the text beside it what the compiler says to it, word for word.

use std::{
    env,
    io::{self, Write as _},
    process::Command,
};

/// The compiler whose words are written down: another says some things differently.
const WRITTEN_FOR: &str = "rustc 1.95.";

#[test]
fn every_mistake_is_told_at_its_own_token() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let told = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("a compiler");
    let version = String::from_utf8_lossy(&told.stdout);
    let required = env::var("CACHED_ATTR_REQUIRE_MESSAGES").is_ok_and(|value| value == "1");
    if required || version.starts_with(WRITTEN_FOR) {
        trybuild::TestCases::new().compile_fail("fail/*/*.rs");
    } else {
        // Not `eprintln!`, which is shown for failing tests only.
        let _ = writeln!(
            io::stderr(),
            "skipped the compile-fail cases: they are written for {WRITTEN_FOR}, and this is {}",
            version.trim()
        );
    }
}
