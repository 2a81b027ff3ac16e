//! moto with everything that the handler needs, and a record of the requests that reach it.

use std::collections::BTreeMap;
use std::io::{self, Read as _};

use aws_smithy_types::base64;
use moto::Moto;
use serde::Deserialize;
use tempfile::NamedTempFile;

use crate::seed::Seed;
use crate::wire::label;

/// A running moto, filled. Dropping it stops it.
#[derive(Debug)]
pub struct Services {
    moto: Moto,
    /// What moto's own recorder writes: a line for each request.
    record: NamedTempFile,
    /// Writes to this moto.
    pub seed: Seed,
}

/// A line of the record.
#[derive(Deserialize)]
struct Line {
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: Option<String>,
}

impl Services {
    /// Starts moto and puts in what the handler needs. The partner's key is `key-1`.
    ///
    /// Fails when moto is not installed.
    pub async fn start() -> io::Result<Self> {
        let record = NamedTempFile::new()?;
        let path = record.path().to_string_lossy().into_owned();
        let variables = [
            ("MOTO_ENABLE_RECORDING", "1"),
            ("MOTO_RECORDER_FILEPATH", path.as_str()),
        ];
        let moto = Moto::start(&variables)?;
        let seed = Seed::new(moto.url());
        seed.secure_string("/app/db_url", "postgres://orders:s3cr3t@db.internal")
            .await;
        seed.string_list("/app/regions", "eu,us").await;
        seed.parameter("/app/limits/smallest", "1").await;
        seed.parameter("/app/limits/largest", "5000").await;
        seed.secret("/prod/partner/api_key", "key-1").await;
        seed.bucket("app-config").await;
        let rules = br#"{"version":1,"blocked":[]}"#;
        seed.object("app-config", "rules.json", rules).await;
        Ok(Self { moto, record, seed })
    }

    /// The address of moto.
    #[must_use]
    pub fn url(&self) -> &str {
        self.moto.url()
    }

    /// The reads since the last call, in order, for example `GetParameter /app/db_url`. A GET that names an ETag
    /// ends in ` if changed`.
    pub fn requests(&mut self) -> Vec<String> {
        let mut text = String::new();
        self.record
            .as_file_mut()
            .read_to_string(&mut text)
            .expect("moto writes text");
        text.lines().filter_map(read).collect()
    }
}

/// The label of a recorded read; none for the writes of the seed.
fn read(line: &str) -> Option<String> {
    let line: Line = serde_json::from_str(line).expect("moto records JSON");
    let header = |name: &str| {
        let mut headers = line.headers.iter();
        headers.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value.as_str()))
    };
    let body = base64::decode(line.body.as_deref().unwrap_or_default()).unwrap_or_default();
    let mut label = label(header("x-amz-target"), &line.method, &line.url, &body);
    if header("if-none-match").is_some() {
        label += " if changed";
    }
    let is_read = label.starts_with("Get") || label.starts_with("GET ");
    is_read.then_some(label)
}
