//! One parameter.

use std::sync::Arc;

use aws_sdk_ssm::types::{Parameter, ParameterType};

use crate::aws::Aws;
use crate::error::{Kind, LoadError};

/// The text of a parameter; a secure string is decrypted.
pub async fn parameter(aws: &Aws, name: &str) -> Result<String, LoadError> {
    Ok(ask(aws, name).await?.value.unwrap_or_default())
}

/// The items of a parameter of type `StringList`.
///
/// The text is split at every comma and nothing is trimmed or dropped: `a,,b, c` is `a`, the empty text, `b` and ` c`.
/// A store that keeps no escapes leaves no other reading that loses nothing.
pub async fn string_list(aws: &Aws, name: &str) -> Result<Arc<[String]>, LoadError> {
    let parameter = ask(aws, name).await?;
    match parameter.r#type {
        Some(ParameterType::StringList) => Ok(parameter
            .value
            .unwrap_or_default()
            .split(',')
            .map(str::to_owned)
            .collect()),
        found => Err(LoadError::OtherType {
            name: name.to_owned(),
            wanted: "a StringList",
            found: match found {
                Some(ParameterType::SecureString) => "a SecureString",
                _ => "a String",
            },
        }),
    }
}

async fn ask(aws: &Aws, name: &str) -> Result<Parameter, LoadError> {
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
        .ok_or_else(|| LoadError::missing(Kind::Parameter, name))
}
