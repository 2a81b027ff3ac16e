//! Writes parameters, secrets and objects into moto.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::config::BehaviorVersion;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_ssm::types::ParameterType;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// A writer. A write that fails panics: moto accepts everything that is well formed.
#[derive(Clone, Debug)]
pub struct Seed {
    ssm: aws_sdk_ssm::Client,
    secrets: aws_sdk_secretsmanager::Client,
    s3: aws_sdk_s3::Client,
}

impl Seed {
    /// Writes to the moto at this address.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let credentials = Credentials::new("local", "local", None, None, "local");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(url)
            .build();
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        Self {
            ssm: aws_sdk_ssm::Client::new(&config),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
        }
    }

    /// A parameter of type `String`, created or replaced.
    pub async fn parameter(&self, name: &str, value: &str) {
        self.put_parameter(name, value, ParameterType::String).await;
    }

    /// A parameter of type `StringList`, created or replaced.
    pub async fn string_list(&self, name: &str, value: &str) {
        self.put_parameter(name, value, ParameterType::StringList)
            .await;
    }

    /// A parameter of type `SecureString`, created or replaced.
    pub async fn secure_string(&self, name: &str, value: &str) {
        self.put_parameter(name, value, ParameterType::SecureString)
            .await;
    }

    async fn put_parameter(&self, name: &str, value: &str, kind: ParameterType) {
        let request = self.ssm.put_parameter().name(name).value(value);
        let sent = request.r#type(kind).overwrite(true).send().await;
        sent.expect("a parameter is written");
    }

    /// Deletes a parameter.
    pub async fn delete_parameter(&self, name: &str) {
        let sent = self.ssm.delete_parameter().name(name).send().await;
        sent.expect("a parameter is deleted");
    }

    /// A secret that is a text. Returns its ARN.
    pub async fn secret(&self, name: &str, text: &str) -> String {
        let request = self.secrets.create_secret().name(name).secret_string(text);
        let created = request.send().await.expect("a secret is created");
        created.arn.expect("a secret has an ARN")
    }

    /// A secret that is binary.
    pub async fn binary_secret(&self, name: &str, bytes: &[u8]) {
        let request = self.secrets.create_secret().name(name);
        let sent = request.secret_binary(Blob::new(bytes)).send().await;
        sent.expect("a secret is created");
    }

    /// A newer version of a secret that is a text.
    pub async fn rotate_secret(&self, name: &str, text: &str) {
        let request = self.secrets.put_secret_value().secret_id(name);
        let sent = request.secret_string(text).send().await;
        sent.expect("a secret is written");
    }

    /// A bucket.
    pub async fn bucket(&self, name: &str) {
        let place = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::EuWest1);
        let request = self.s3.create_bucket().bucket(name);
        let sent = request.create_bucket_configuration(place.build()).send();
        sent.await.expect("a bucket is created");
    }

    /// An object, created or replaced.
    pub async fn object(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let request = self.s3.put_object().bucket(bucket).key(key);
        let sent = request.body(ByteStream::from(bytes.to_vec())).send();
        sent.await.expect("an object is written");
    }
}
