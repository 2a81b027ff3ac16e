//! What a test works with: moto, a client that records its requests.

use std::sync::LazyLock;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use lambda::{App, Aws, Partner, Settings};
use lambda_local::{PartnerApi, Seed, Services, Wire};
use moto::Moto;

/// One moto for all tests of the process: each test uses names of its own.
static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start(&[]).unwrap());

pub(crate) struct Desk {
    pub(crate) wire: Wire,
    pub(crate) seed: Seed,
    pub(crate) aws: Aws,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::at(MOTO.url())
    }

    fn at(url: &str) -> Self {
        let wire = Wire::default();
        Self {
            aws: Aws::new(settings(url, Some(wire.http_client()))),
            seed: Seed::new(url),
            wire,
        }
    }

    /// A bucket with one object.
    pub(crate) async fn bucket(&self, bucket: &str, key: &str, bytes: &[u8]) {
        self.seed.bucket(bucket).await;
        self.seed.object(bucket, key, bytes).await;
    }
}

/// Settings for a local endpoint, which accepts any credentials.
pub(crate) fn settings(url: &str, http_client: Option<SharedHttpClient>) -> Settings {
    Settings {
        region: "eu-west-1".to_owned(),
        credentials: Credentials::new("local", "local", None, None, "local"),
        endpoint: Some(url.to_owned()),
        attempts: 1,
        http_client,
    }
}

/// The app of the example: a moto of its own, because the names that the handler reads are fixed, and a partner.
pub(crate) struct Example {
    pub(crate) desk: Desk,
    pub(crate) partner: PartnerApi,
    pub(crate) app: App,
    _services: Services,
}

impl Example {
    pub(crate) async fn new() -> Self {
        let services = Services::start().await.unwrap();
        let desk = Desk::at(services.url());
        let partner = PartnerApi::start("key-1").await;
        let app = App {
            aws: desk.aws.clone(),
            partner: Partner::new(partner.url()),
        };
        Self {
            desk,
            partner,
            app,
            _services: services,
        }
    }
}

/// Lets time pass. The clock is paused for the step only: requests are answered in real time, and a paused clock would
/// jump to their timeouts.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

pub(crate) const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

pub(crate) const fn millis(number: u64) -> Duration {
    Duration::from_millis(number)
}
