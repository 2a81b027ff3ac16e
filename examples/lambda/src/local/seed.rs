//! Puts things into the services, past the meter.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_ssm::types::ParameterType;

use crate::aws::{Aws, Settings};

/// Whatever a client can report.
pub type SeedError = Box<dyn std::error::Error + Send + Sync>;

/// A writer of parameters, secrets and objects.
#[derive(Clone, Debug)]
pub struct Seed {
    aws: Aws,
}

impl Seed {
    /// Writes to the services at this address.
    #[must_use]
    pub fn at(services: &str) -> Self {
        let mut settings = Settings::local(services, std::env::temp_dir());
        settings.attempts = 3;
        Self {
            aws: Aws::new(settings),
        }
    }

    /// All that the [`handler`](crate::handler()) needs. The partner's key is `key-1`.
    pub async fn example(&self) -> Result<(), SeedError> {
        self.secure_string("/app/db_url", "postgres://orders:s3cr3t@db.internal")
            .await?;
        self.string_list("/app/regions", "eu,us").await?;
        self.parameter("/app/limits/smallest", "1").await?;
        self.parameter("/app/limits/largest", "5000").await?;
        self.secret("/prod/partner/api_key", "key-1").await?;
        self.bucket("app-config").await?;
        self.object("app-config", "rules.json", br#"{"version":1,"blocked":[]}"#)
            .await
    }

    /// A parameter of type `String`, made or replaced.
    pub async fn parameter(&self, name: &str, value: &str) -> Result<(), SeedError> {
        self.put_parameter(name, value, ParameterType::String).await
    }

    /// A parameter of type `StringList`, made or replaced.
    pub async fn string_list(&self, name: &str, value: &str) -> Result<(), SeedError> {
        self.put_parameter(name, value, ParameterType::StringList)
            .await
    }

    /// A parameter of type `SecureString`, made or replaced.
    pub async fn secure_string(&self, name: &str, value: &str) -> Result<(), SeedError> {
        self.put_parameter(name, value, ParameterType::SecureString)
            .await
    }

    async fn put_parameter(
        &self,
        name: &str,
        value: &str,
        kind: ParameterType,
    ) -> Result<(), SeedError> {
        self.aws
            .ssm
            .put_parameter()
            .name(name)
            .value(value)
            .r#type(kind)
            .overwrite(true)
            .send()
            .await?;
        Ok(())
    }

    /// Removes a parameter.
    pub async fn remove_parameter(&self, name: &str) -> Result<(), SeedError> {
        self.aws.ssm.delete_parameter().name(name).send().await?;
        Ok(())
    }

    /// A secret that is a text. Returns its ARN.
    pub async fn secret(&self, name: &str, text: &str) -> Result<String, SeedError> {
        let made = self
            .aws
            .secrets
            .create_secret()
            .name(name)
            .secret_string(text)
            .send()
            .await?;
        Ok(made.arn.unwrap_or_default())
    }

    /// A secret that is binary.
    pub async fn binary_secret(&self, name: &str, bytes: &[u8]) -> Result<(), SeedError> {
        self.aws
            .secrets
            .create_secret()
            .name(name)
            .secret_binary(Blob::new(bytes))
            .send()
            .await?;
        Ok(())
    }

    /// A newer version of a secret that is a text.
    pub async fn rotate_secret(&self, name: &str, text: &str) -> Result<(), SeedError> {
        self.aws
            .secrets
            .put_secret_value()
            .secret_id(name)
            .secret_string(text)
            .send()
            .await?;
        Ok(())
    }

    /// A bucket.
    pub async fn bucket(&self, name: &str) -> Result<(), SeedError> {
        use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
        let place = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::EuWest1);
        self.aws
            .s3
            .create_bucket()
            .bucket(name)
            .create_bucket_configuration(place.build())
            .send()
            .await?;
        Ok(())
    }

    /// An object, made or replaced.
    pub async fn object(&self, bucket: &str, key: &str, bytes: &[u8]) -> Result<(), SeedError> {
        self.aws
            .s3
            .put_object()
            .bucket(bucket)
            .key(key)
            .body(ByteStream::from(bytes.to_vec()))
            .send()
            .await?;
        Ok(())
    }

    /// Removes an object.
    pub async fn remove_object(&self, bucket: &str, key: &str) -> Result<(), SeedError> {
        self.aws
            .s3
            .delete_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await?;
        Ok(())
    }
}
