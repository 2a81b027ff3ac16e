//! The clients, made once per container.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::config::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use thiserror::Error;

/// The three clients. Cloning it is cheap and shares their connections.
///
/// A client keeps its connections and its signing keys, so it is made before the first invocation and used by every load:
/// a new one per load would open a connection each time.
#[derive(Clone, Debug)]
pub struct Aws {
    pub(crate) ssm: aws_sdk_ssm::Client,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) s3: aws_sdk_s3::Client,
}

/// What [`Aws`] is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the services are, for example `eu-west-1`.
    pub region: String,
    /// The identity that requests are signed with.
    pub credentials: Credentials,
    /// Another address for all three services; `None` is AWS itself.
    pub endpoint: Option<String>,
    /// How often one request is tried before it counts as failed.
    pub attempts: u32,
    /// What sends the requests; `None` is a client made here.
    pub http_client: Option<SharedHttpClient>,
}

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A variable that AWS Lambda always sets is absent.
    #[error(
        "the environment variable {0} is not set: AWS Lambda sets it; the README says how to run without it"
    )]
    Missing(&'static str),
    /// The address needs TLS, and this build has none.
    #[error("AWS is reached over https, which this build leaves out: build with `--features tls`")]
    NoTls,
}

impl Settings {
    /// Reads the variables that AWS Lambda sets, and `AWS_ENDPOINT_URL` when the services are elsewhere.
    ///
    /// The credentials of a function's role are in its environment and live as long as the container does.
    pub fn from_env() -> Result<Self, SettingsError> {
        let required = |name| std::env::var(name).map_err(|_| SettingsError::Missing(name));
        let endpoint = std::env::var("AWS_ENDPOINT_URL").ok();
        let plain = endpoint
            .as_deref()
            .is_some_and(|url| url.starts_with("http://"));
        if !plain && cfg!(not(feature = "tls")) {
            return Err(SettingsError::NoTls);
        }
        Ok(Self {
            region: required("AWS_REGION")?,
            credentials: Credentials::new(
                required("AWS_ACCESS_KEY_ID")?,
                required("AWS_SECRET_ACCESS_KEY")?,
                std::env::var("AWS_SESSION_TOKEN").ok(),
                None,
                "environment",
            ),
            endpoint,
            attempts: 3,
            http_client: None,
        })
    }
}

impl Aws {
    /// Makes the clients. Nothing is connected before the first load.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(settings.region))
            .credentials_provider(SharedCredentialsProvider::new(settings.credentials))
            .retry_config(RetryConfig::standard().with_max_attempts(settings.attempts))
            .http_client(settings.http_client.unwrap_or_else(http_client));
        if let Some(endpoint) = &settings.endpoint {
            shared = shared.endpoint_url(endpoint);
        }
        let shared = shared.build();
        let s3 = aws_sdk_s3::config::Builder::from(&shared)
            // A local endpoint has no name per bucket.
            .force_path_style(settings.endpoint.is_some())
            .build();
        Self {
            ssm: aws_sdk_ssm::Client::new(&shared),
            secrets: aws_sdk_secretsmanager::Client::new(&shared),
            s3: aws_sdk_s3::Client::from_conf(s3),
        }
    }
}

#[cfg(not(feature = "tls"))]
fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

#[cfg(feature = "tls")]
fn http_client() -> SharedHttpClient {
    use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}
