//! The function, run the way AWS runs it: a process that is configured by its environment.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::runtime_api::{Message, RuntimeApi};

/// Longer than any invocation takes here.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running function. Dropping it kills the process.
pub struct Function {
    process: Child,
    /// Reads all that it prints, as it comes: a full pipe would block it.
    output: Option<JoinHandle<String>>,
    api: RuntimeApi,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum FunctionError {
    /// The handler returned an error.
    #[error("{error_type}: {message}")]
    Failed {
        /// The kind of failure.
        error_type: String,
        /// What happened.
        message: String,
    },
    /// The process ended.
    #[error("the function ended with {status}: {output}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// What it printed.
        output: String,
    },
    /// The process runs and does nothing.
    #[error("the function did not answer for {PATIENCE:?}")]
    Silent,
    /// The process cannot be started.
    #[error("the function cannot be started: {0}")]
    Process(#[from] std::io::Error),
}

impl Function {
    /// Starts `program` with the environment of a Lambda function and these variables, and waits until it polls for its
    /// first event.
    pub async fn start(program: &Path, variables: &[(&str, &str)]) -> Result<Self, FunctionError> {
        let api = RuntimeApi::start().await;
        let mut process = Command::new(program)
            .env("AWS_LAMBDA_RUNTIME_API", api.server.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "local")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take();
        let output = tokio::spawn(async move {
            let mut text = String::new();
            if let Some(mut stdout) = stdout {
                // What cannot be read is left out.
                let _ = stdout.read_to_string(&mut text).await;
            }
            text
        });
        let mut function = Self {
            process,
            output: Some(output),
            api,
        };
        function.next_message().await?;
        Ok(function)
    }

    /// Gives the function an event, and waits for its answer or its end.
    pub async fn invoke(&mut self, event: &impl Serialize) -> Result<Value, FunctionError> {
        let event = serde_json::to_vec(event).expect("an event is JSON");
        // The receiver lives as long as the server, which this holds.
        let _ = self.api.events.send(event.into());
        loop {
            if let Message::Answers(answer) = self.next_message().await? {
                return answer;
            }
        }
    }

    /// Kills the process.
    pub async fn kill(&mut self) {
        self.process.kill().await.expect("a process of ours");
    }

    async fn next_message(&mut self) -> Result<Message, FunctionError> {
        tokio::select! {
            Some(message) = self.api.messages.recv() => Ok(message),
            status = self.process.wait() => {
                let output = match self.output.take() {
                    Some(output) => output.await.unwrap_or_default(),
                    None => String::new(),
                };
                Err(FunctionError::Ended { status: status?, output })
            }
            () = tokio::time::sleep(PATIENCE) => Err(FunctionError::Silent),
        }
    }
}
