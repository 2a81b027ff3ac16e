//! One secret.

use std::fmt;
use std::sync::Arc;

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;

use crate::aws::Aws;
use crate::error::{Kind, LoadError};

/// The current value of a secret: a text, most often a password or a JSON document, or bytes, for example a key store.
/// `Debug` does not print it.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret {
    id: Arc<str>,
    value: Value,
}

#[derive(Clone, Eq, PartialEq)]
enum Value {
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
}

impl Secret {
    /// The value of a secret that is a text.
    pub fn text(&self) -> Result<&str, LoadError> {
        match &self.value {
            Value::Text(text) => Ok(text),
            Value::Bytes(_) => Err(self.is_not("a text", "a binary secret")),
        }
    }

    /// The value of a secret that is binary.
    pub fn bytes(&self) -> Result<&[u8], LoadError> {
        match &self.value {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Text(_) => Err(self.is_not("binary", "a text secret")),
        }
    }

    fn is_not(&self, wanted: &'static str, found: &'static str) -> LoadError {
        LoadError::OtherType {
            name: self.id.to_string(),
            wanted,
            found,
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.id)
    }
}

/// The current version of a secret, in whichever form it has. `id` is its name or its ARN.
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
    let value = match (answer.secret_string, answer.secret_binary) {
        (Some(text), _) => Value::Text(text.into()),
        (None, Some(bytes)) => Value::Bytes(bytes.into_inner().into()),
        (None, None) => return Err(LoadError::missing(Kind::Secret, id)),
    };
    Ok(Secret {
        id: id.into(),
        value,
    })
}
