//! Several parameters in one request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::try_join_all;

use super::parameter::Parameter;
use crate::aws::Aws;
use crate::error::{Kind, LoadError};

/// The service takes no more names than this in one request.
const CHUNK: usize = 10;

#[derive(Default)]
struct Chunk {
    found: BTreeMap<String, Parameter>,
    missing: Vec<String>,
}

/// Several parameters by their **full** names, texts and lists together: `/a/password` and `/b/password` are two entries.
///
/// One request for ten names; more names are requested in chunks of ten, side by side, and a repeated name once. Names that
/// do not exist are an error that lists all of them: a map with holes fails later and further away.
pub async fn parameters(
    aws: &Aws,
    names: &[&str],
) -> Result<Arc<BTreeMap<String, Parameter>>, LoadError> {
    let names: BTreeSet<&str> = names.iter().copied().collect();
    let names: Vec<&str> = names.into_iter().collect();
    let chunks = try_join_all(names.chunks(CHUNK).map(|names| request(aws, names))).await?;

    let mut all = Chunk::default();
    for chunk in chunks {
        all.found.extend(chunk.found);
        all.missing.extend(chunk.missing);
    }
    if all.missing.is_empty() {
        return Ok(Arc::new(all.found));
    }
    all.missing.sort();
    Err(LoadError::Missing {
        kind: Kind::Parameter,
        names: all.missing,
    })
}

async fn request(aws: &Aws, names: &[&str]) -> Result<Chunk, LoadError> {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    let request = aws
        .ssm
        .get_parameters()
        .set_names(Some(names))
        .with_decryption(true);
    let answer = Box::pin(request.send())
        .await
        .map_err(|error| LoadError::of("GetParameters", error))?;

    let found = answer.parameters.unwrap_or_default().into_iter();
    let found = found.filter_map(|mut answer| {
        // `/name:3` and `/name:label` come back in two parts.
        let name = answer.name.take()? + answer.selector.as_deref().unwrap_or_default();
        let parameter = Parameter::new(&name, answer);
        Some((name, parameter))
    });
    Ok(Chunk {
        found: found.collect(),
        missing: answer.invalid_parameters.unwrap_or_default(),
    })
}
