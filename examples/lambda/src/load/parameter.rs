//! One parameter.

use std::fmt;
use std::sync::Arc;

use aws_sdk_ssm::types::{Parameter as Answer, ParameterType};

use crate::aws::Aws;
use crate::error::{Kind, LoadError};

/// The value of a parameter: a text, or the items of a `StringList`. `Debug` does not print it: it may be a password.
#[derive(Clone, Eq, PartialEq)]
pub struct Parameter {
    name: Arc<str>,
    value: Value,
}

#[derive(Clone, Eq, PartialEq)]
enum Value {
    Text(Arc<str>),
    List(Arc<[String]>),
}

impl Parameter {
    /// The text is split at every comma, and nothing is trimmed or dropped: `a,,b, c` is `a`, the empty text, `b` and ` c`.
    /// The store has no escapes, so no other reading keeps everything.
    pub(super) fn new(name: &str, answer: Answer) -> Self {
        let text = answer.value.unwrap_or_default();
        let value = match answer.r#type {
            Some(ParameterType::StringList) => {
                Value::List(text.split(',').map(str::to_owned).collect())
            }
            _ => Value::Text(text.into()),
        };
        Self {
            name: name.into(),
            value,
        }
    }

    /// The text of a `String` or a decrypted `SecureString`.
    pub fn text(&self) -> Result<&str, LoadError> {
        match &self.value {
            Value::Text(text) => Ok(text),
            Value::List(_) => Err(self.is_not("a text", "a StringList")),
        }
    }

    /// The items of a `StringList`.
    pub fn list(&self) -> Result<&[String], LoadError> {
        match &self.value {
            Value::List(items) => Ok(items),
            Value::Text(_) => Err(self.is_not("a StringList", "a text")),
        }
    }

    fn is_not(&self, wanted: &'static str, found: &'static str) -> LoadError {
        LoadError::OtherType {
            name: self.name.to_string(),
            wanted,
            found,
        }
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter({})", self.name)
    }
}

/// The value of a parameter; a `SecureString` is decrypted.
pub async fn parameter(aws: &Aws, name: &str) -> Result<Parameter, LoadError> {
    let request = aws.ssm.get_parameter().name(name).with_decryption(true);
    let answer = Box::pin(request.send()).await.map_err(|error| {
        let missing = error.as_service_error().is_some_and(|service| {
            service.is_parameter_not_found() || service.is_parameter_version_not_found()
        });
        if missing {
            LoadError::missing(Kind::Parameter, name)
        } else {
            LoadError::of("GetParameter", error)
        }
    })?;
    answer
        .parameter
        .map(|parameter| Parameter::new(name, parameter))
        .ok_or_else(|| LoadError::missing(Kind::Parameter, name))
}
