//! Instructions per call, by valgrind: `counted` runs with two numbers of calls, and the difference has no
//! set-up in it. The kernel's part of reading a clock is not seen, whoever reads it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::batches;
use crate::contest::{HOT, hits, hot_walk, limited};
use crate::instances;
use crate::keys::Keys;
use crate::misses;
use crate::place::Crowded;
use crate::stale;
use crate::table::Column;
use crate::way::{SlotWay, drive, slot_calls};
use crate::ways::slot::{CachedAttr, Moka, Once};

const SHORT: usize = HOT * 40;
const LONG: usize = HOT * 140;

/// Whether there is a valgrind to run.
#[must_use]
pub fn is_installed() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The program that is counted: it stands beside this one, and has no allocator that counts as well.
#[must_use]
pub fn program() -> Option<PathBuf> {
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--bin", "counted"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .status();
    let program = std::env::current_exe().ok()?.with_file_name("counted");
    (built.ok()?.success() && program.exists()).then_some(program)
}

/// What a contender is called on the command line.
#[must_use]
pub fn name_of(column: Column) -> String {
    format!("{column:?}")
}

/// Instructions in each call of `what`.
#[must_use]
pub fn each(program: &Path, what: &str) -> Option<f64> {
    each_inside(program, what, None)
}

/// The same, of what happens inside of one function.
#[must_use]
pub fn each_inside(program: &Path, what: &str, function: Option<&str>) -> Option<f64> {
    // A miss takes some twenty times as many as a hit.
    let part = if what.starts_with("miss-") { 4 } else { 1 };
    let (short, long) = (SHORT / part, LONG / part);
    let more = total(program, what, long, function)? - total(program, what, short, function)?;
    Some(more / (long - short) as f64)
}

fn total(program: &Path, what: &str, count: usize, function: Option<&str>) -> Option<f64> {
    let out = std::env::temp_dir().join(format!("counted-{}-{what}-{count}", std::process::id()));
    let ran = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .args(function.map(|function| format!("--toggle-collect={function}")))
        .arg(program)
        .args([what, &count.to_string()])
        .stderr(Stdio::null())
        .status();
    let report = std::fs::read_to_string(&out);
    let _ = std::fs::remove_file(&out);
    if !ran.ok()?.success() {
        return None;
    }
    report
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok())
}

/// The other end: makes so many calls of what is named.
pub fn run_counted(what: &str, count: usize) {
    match what {
        "slot-CachedAttr" => slot::<CachedAttr>(count),
        "slot-Cached" => slot::<Once>(count),
        "slot-MokaGet" => slot::<Moka>(count),
        "batch-of-hits" => batches::hits_of_batches(count),
        "gathered-hits" => batches::hits_gathered(count),
        "one-key" => one_key(count),
        "miss-below-half" => misses::below_half(count),
        "miss-full" => misses::in_a_full_cache(count),
        "stale-fresh" => stale::fresh(count),
        "stale-begins" => stale::beginning_a_load(count),
        "stale-runs" => stale::while_a_load_runs(count),
        "first-instance" => instances::hits_of_the_first(count),
        "32nd-instance" => instances::hits_of_the_32nd(count),
        "one-key-after-control" => {
            drive(cached_attr::CacheControl::new().no_cache().scope(async {}));
            one_key(count);
        }
        _ => {
            let contenders = match what.strip_prefix("crowded-") {
                Some(_) => limited::<Crowded>(),
                None => hits(),
            };
            let contender = contenders
                .into_iter()
                .find(|one| what.ends_with(&name_of(one.column)));
            if let Some(contender) = contender {
                (contender.calls)(&Keys::new(HOT), &hot_walk(), count);
            }
        }
    }
}

fn slot<W: SlotWay>(count: usize) {
    drive(slot_calls::<W>(count));
}

/// Hits of one key only: in a map of one entry no two runs probe differently.
fn one_key(count: usize) {
    let ours = hits()
        .into_iter()
        .find(|one| one.column == Column::CachedAttr);
    if let Some(ours) = ours {
        (ours.calls)(&Keys::new(1), &[0], count);
    }
}
