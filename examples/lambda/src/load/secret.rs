//! One secret.

use std::fmt;
use std::sync::Arc;

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;

use crate::aws::Aws;
use crate::error::{Kind, LoadError};

/// The current value of a secret. It does not show itself when it is printed.
#[derive(Clone, Eq, PartialEq)]
pub enum Secret {
    /// A text, most often a password or a JSON document.
    Text(Arc<str>),
    /// Bytes, for example a key store.
    Binary(Arc<[u8]>),
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Text(_) => "Secret::Text(…)",
            Self::Binary(_) => "Secret::Binary(…)",
        })
    }
}

/// The current version of a secret, whichever form it has. `id` is its name or its ARN.
pub async fn secret(aws: &Aws, id: &str) -> Result<Secret, LoadError> {
    let request = aws.secrets.get_secret_value().secret_id(id);
    let answer = Box::pin(request.send()).await.map_err(|error| {
        if error
            .as_service_error()
            .is_some_and(GetSecretValueError::is_resource_not_found_exception)
        {
            LoadError::missing(Kind::Secret, id)
        } else {
            LoadError::of("GetSecretValue", error)
        }
    })?;
    match (answer.secret_string, answer.secret_binary) {
        (Some(text), _) => Ok(Secret::Text(text.into())),
        (None, Some(bytes)) => Ok(Secret::Binary(bytes.into_inner().into())),
        (None, None) => Err(LoadError::missing(Kind::Secret, id)),
    }
}

/// The current version of a secret that is a text.
pub async fn secret_text(aws: &Aws, id: &str) -> Result<Arc<str>, LoadError> {
    match secret(aws, id).await? {
        Secret::Text(text) => Ok(text),
        Secret::Binary(_) => Err(LoadError::OtherType {
            name: id.to_owned(),
            wanted: "a text",
            found: "a binary secret",
        }),
    }
}

/// The current version of a secret that is binary.
pub async fn secret_binary(aws: &Aws, id: &str) -> Result<Arc<[u8]>, LoadError> {
    match secret(aws, id).await? {
        Secret::Binary(bytes) => Ok(bytes),
        Secret::Text(_) => Err(LoadError::OtherType {
            name: id.to_owned(),
            wanted: "binary",
            found: "a text secret",
        }),
    }
}
