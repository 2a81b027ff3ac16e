//! Several parameters in one request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::try_join_all;

use crate::aws::Aws;
use crate::error::{Kind, LoadError};

/// The service takes no more names than this in one request.
const CHUNK: usize = 10;

#[derive(Default)]
struct Chunk {
    found: BTreeMap<String, String>,
    missing: Vec<String>,
}

/// The texts of several parameters, by their **full** names: `/a/password` and `/b/password` are two entries.
///
/// One request for ten names; more are asked for in chunks of ten, side by side. A name asked for twice is asked for once.
/// Names that do not exist are an error that lists every one of them: a map with holes fails later and further away.
pub async fn parameters(
    aws: &Aws,
    names: &[&str],
) -> Result<Arc<BTreeMap<String, String>>, LoadError> {
    let names: Vec<&str> = names
        .iter()
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let chunks = try_join_all(names.chunks(CHUNK).map(|names| ask(aws, names))).await?;

    let mut all = Chunk::default();
    for chunk in chunks {
        all.found.extend(chunk.found);
        all.missing.extend(chunk.missing);
    }
    if all.missing.is_empty() {
        Ok(Arc::new(all.found))
    } else {
        all.missing.sort();
        Err(LoadError::Missing {
            kind: Kind::Parameter,
            names: all.missing,
        })
    }
}

async fn ask(aws: &Aws, names: &[&str]) -> Result<Chunk, LoadError> {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    let request = aws
        .ssm
        .get_parameters()
        .set_names(Some(names))
        .with_decryption(true);
    let answer = Box::pin(request.send())
        .await
        .map_err(|error| LoadError::of("GetParameters", error))?;

    let found = answer
        .parameters
        .unwrap_or_default()
        .into_iter()
        .filter_map(|parameter| {
            // `/name:3` and `/name:label` come back in two parts.
            let name = parameter.name? + parameter.selector.as_deref().unwrap_or_default();
            Some((name, parameter.value.unwrap_or_default()))
        });
    Ok(Chunk {
        found: found.collect(),
        missing: answer.invalid_parameters.unwrap_or_default(),
    })
}
