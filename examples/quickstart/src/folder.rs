//! A folder of campaign files, written anew for each run and the same every time.

use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io, process};

use serde_json::{Value, json};

/// How many campaigns there are.
pub(crate) const CAMPAIGNS: u32 = 200;

/// Rounds of a campaign, and rules of a round: together about 16 KB a file.
const ITERATIONS: u32 = 4;
const RULES: u32 = 24;

/// The folder; removed when it goes out of scope.
pub(crate) struct Folder {
    path: PathBuf,
    bytes: u64,
}

impl Folder {
    /// Writes the files.
    pub(crate) fn generate() -> io::Result<Self> {
        let path = env::temp_dir().join(format!("cached-attr-quickstart-{}", process::id()));
        fs::create_dir_all(&path)?;
        let mut folder = Self { path, bytes: 0 };
        for id in 0..CAMPAIGNS {
            folder.bytes += folder.write(id, 1)?;
        }
        Ok(folder)
    }

    /// Writes one campaign and returns its size.
    pub(crate) fn write(&self, id: u32, version: u32) -> io::Result<u64> {
        let text = serde_json::to_vec_pretty(&campaign(id, version))?;
        fs::write(self.path.join(format!("{id}.json")), &text)?;
        Ok(text.len() as u64)
    }

    /// Where the files are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that cannot be removed is the temp cleaner's: not worth failing for.
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CAMPAIGNS} campaign files, {} KB", self.bytes / 1024)
    }
}

fn campaign(id: u32, version: u32) -> Value {
    let iterations: Vec<Value> = (0..ITERATIONS).map(|round| iteration(id, round)).collect();
    json!({
        "id": id,
        "name": format!("Campaign {id:03}"),
        "version": version,
        "iterations": iterations,
    })
}

fn iteration(id: u32, round: u32) -> Value {
    let rules: Vec<Value> = (0..RULES)
        .map(|rule| {
            json!({
                "name": format!("rule {rule} of round {round}"),
                "attribute": "age",
                "operator": "at least",
                "comparator": 18 + (id + rule) % 70,
            })
        })
        .collect();
    json!({ "id": format!("{id}-{round}"), "rules": rules })
}
