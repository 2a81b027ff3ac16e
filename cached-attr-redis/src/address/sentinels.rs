//! The sentinels that watch a server.

use std::time::Duration;

use redis::{ConnectionInfo, Pipeline, Value};

use super::turns::Turns;
use super::{moved_to, parse_server, request, split_user};
use crate::error::ConnectError;
use crate::fault::Fault;

#[derive(Clone)]
pub(crate) struct Sentinels {
    addresses: Vec<ConnectionInfo>,
    service: String,
    /// The server's own settings; its address is what the sentinels say.
    server: ConnectionInfo,
    turns: Turns,
}

impl Sentinels {
    /// Parses what follows `redis+sentinel://`.
    pub(super) fn parse(rest: &str, scheme: &str) -> Result<Self, ConnectError> {
        const FORM: ConnectError = ConnectError::Address(
            "sentinels are written redis+sentinel://host:port,host:port/service/db",
        );
        let (authority, path) = rest.split_once('/').ok_or(FORM)?;
        let (service, db) = path.split_once('/').unwrap_or((path, "0"));
        let (user, hosts) = split_user(authority);
        if service.is_empty() {
            return Err(FORM);
        }
        let addresses: Result<Vec<_>, _> = hosts
            .split(',')
            .map(|host| parse_server(&format!("{scheme}://{host}")))
            .collect();
        let first = hosts.split(',').next().unwrap_or_default();
        Ok(Sentinels {
            addresses: addresses?,
            service: service.to_owned(),
            server: parse_server(&format!("{scheme}://{user}{first}/{db}"))?,
            turns: Turns::default(),
        })
    }

    /// The primary, by the first sentinel that answers.
    pub(super) async fn primary(&self, timeout: Duration) -> Result<ConnectionInfo, Fault> {
        let mut command = Pipeline::new();
        command
            .cmd("SENTINEL")
            .arg("GET-MASTER-ADDR-BY-NAME")
            .arg(&self.service);
        let mut last = Fault::broken("no sentinel");
        for sentinel in self.turns.next(&self.addresses) {
            let answers = request(sentinel, &command, timeout).await;
            match answers.and_then(primary) {
                Ok((host, port)) => return Ok(moved_to(&self.server, host, port)),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}

fn primary(mut answers: Vec<Value>) -> Result<(String, u16), Fault> {
    let answer = answers.pop().unwrap_or(Value::Nil);
    if let Some(fault) = Fault::in_value(&answer) {
        return Err(fault);
    }
    let primary: Option<_> = redis::from_redis_value(answer)
        .map_err(|_| Fault::broken("not an answer to SENTINEL GET-MASTER-ADDR-BY-NAME"))?;
    primary.ok_or_else(|| Fault::broken("the sentinels do not watch that service"))
}
