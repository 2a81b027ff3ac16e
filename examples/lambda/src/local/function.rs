//! The function, run the way AWS runs it: a process of its own, told everything by its environment.

use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// A running function. Dropping it ends it.
#[derive(Debug)]
pub struct Function {
    _process: Child,
}

impl Function {
    /// Starts `program` with the environment of a Lambda function and the variables given.
    pub fn start<'v>(
        program: &Path,
        runtime_api: &str,
        variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> io::Result<Self> {
        let process = Command::new(program)
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .env("AWS_LAMBDA_FUNCTION_NAME", "local")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .envs(variables)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { _process: process })
    }
}
