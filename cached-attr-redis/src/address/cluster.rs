//! The nodes of a cluster, and which of them has a slot.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo, Pipeline, Value};

use super::turns::Turns;
use super::{moved_to, parse_server, request, split_user};
use crate::error::ConnectError;
use crate::fault::{Fault, FaultKind};

/// Host and port.
type Node = (String, u16);

#[derive(Clone)]
pub(crate) struct Cluster {
    /// The settings of every node; its address is one of the nodes.
    server: ConnectionInfo,
    /// As they are written in the address.
    seeds: Vec<Node>,
    /// The seeds, and the nodes that the last answer named: a seed may be gone for ever.
    nodes: Arc<Mutex<Vec<Node>>>,
    turns: Turns,
}

impl Cluster {
    /// Parses what follows `redis+cluster://`.
    pub(super) fn parse(rest: &str, scheme: &str) -> Result<Self, ConnectError> {
        const FORM: ConnectError =
            ConnectError::Address("clusters are written redis+cluster://host:port,host:port");
        let (user, rest) = split_user(rest);
        let (hosts, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let infos: Result<Vec<_>, _> = hosts
            .split(',')
            .map(|host| parse_server(&format!("{scheme}://{user}{host}{path}")))
            .collect();
        let infos = infos?;
        let server = infos.first().ok_or(FORM)?.clone();
        // A cluster has one database.
        if server.redis_settings().db() != 0 {
            return Err(FORM);
        }
        let seeds: Option<Vec<_>> = infos.iter().map(node_of).collect();
        let seeds = seeds.ok_or(FORM)?;
        Ok(Cluster {
            server,
            nodes: Arc::new(Mutex::new(seeds.clone())),
            seeds,
            turns: Turns::default(),
        })
    }

    /// The primary of the slot that this key is in, by the first node that knows one.
    pub(super) async fn primary(
        &self,
        key: &str,
        timeout: Duration,
    ) -> Result<ConnectionInfo, Fault> {
        let mut commands = Pipeline::new();
        commands.cmd("CLUSTER").arg("KEYSLOT").arg(key);
        commands.cmd("CLUSTER").arg("SLOTS");
        let mut last = Fault::broken("no node of the cluster");
        for (host, port) in self.search() {
            let info = moved_to(&self.server, host.clone(), port);
            let answers = request(info, &commands, timeout).await;
            match answers.and_then(|answers| primary(&answers, &host)) {
                Ok(((host, port), named)) => {
                    self.learn(named);
                    return Ok(moved_to(&self.server, host, port));
                }
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    fn search(&self) -> Vec<Node> {
        self.turns.next(&self.nodes())
    }

    fn learn(&self, named: Vec<Node>) {
        let mut nodes = self.seeds.clone();
        for node in named {
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        *self.nodes() = nodes;
    }

    fn nodes(&self) -> MutexGuard<'_, Vec<Node>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn node_of(info: &ConnectionInfo) -> Option<Node> {
    match info.addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
            Some((host.clone(), *port))
        }
        _ => None,
    }
}

/// From the answers to CLUSTER KEYSLOT and CLUSTER SLOTS of the node on this host: the slot's primary, and all nodes.
fn primary(answers: &[Value], host: &str) -> Result<(Node, Vec<Node>), Fault> {
    if let Some(fault) = answers.iter().find_map(Fault::in_value) {
        return Err(match fault.kind {
            FaultKind::Refused => Fault::broken(
                "the server refuses CLUSTER SLOTS: it is not a node of a cluster, or the user has no permission",
            ),
            _ => fault,
        });
    }
    let [Value::Int(slot), Value::Array(ranges)] = answers else {
        return Err(Fault::broken("not an answer to CLUSTER SLOTS"));
    };
    let (mut primary, mut nodes) = (None, Vec::new());
    for range in ranges {
        let Value::Array(range) = range else { continue };
        let [Value::Int(first), Value::Int(last), own @ ..] = &range[..] else {
            continue;
        };
        // The primary first, then its replicas.
        if (first..=last).contains(&slot) {
            primary = own.first().and_then(|node| named(node, host));
        }
        nodes.extend(own.iter().filter_map(|node| named(node, host)));
    }
    let primary = primary.ok_or_else(|| Fault::broken("no node of the cluster has the slot"))?;
    Ok((primary, nodes))
}

/// A node in an answer to CLUSTER SLOTS. One without a host of its own is on the host that answered.
fn named(node: &Value, answered: &str) -> Option<Node> {
    let Value::Array(node) = node else {
        return None;
    };
    let [host, Value::Int(port), ..] = &node[..] else {
        return None;
    };
    let host = match host {
        Value::BulkString(host) => std::str::from_utf8(host).ok()?,
        Value::SimpleString(host) => host,
        _ => "",
    };
    let host = match host {
        "" | "?" => answered,
        host => host,
    };
    Some((host.to_owned(), u16::try_from(*port).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(host: &str, port: u16) -> Node {
        (host.to_owned(), port)
    }

    fn value((host, port): Node) -> Value {
        let id = Value::BulkString(b"07c37df".to_vec());
        let host = Value::BulkString(host.into_bytes());
        Value::Array(vec![host, Value::Int(port.into()), id])
    }

    fn range(first: i64, last: i64, nodes: &[Value]) -> Value {
        let mut range = vec![Value::Int(first), Value::Int(last)];
        range.extend_from_slice(nodes);
        Value::Array(range)
    }

    fn at(slot: i64, ranges: Vec<Value>) -> Result<(Node, Vec<Node>), Fault> {
        primary(&[Value::Int(slot), Value::Array(ranges)], "answered")
    }

    #[test]
    fn the_primary_of_the_slot_is_found_among_all_nodes() {
        let ranges = vec![
            range(0, 8_000, &[value(node("a", 1)), value(node("b", 2))]),
            range(8_001, 16_383, &[value(node("c", 3))]),
        ];
        let all = vec![node("a", 1), node("b", 2), node("c", 3)];
        for (slot, primary) in [
            (0, node("a", 1)),
            (8_000, node("a", 1)),
            (8_001, node("c", 3)),
        ] {
            assert_eq!(at(slot, ranges.clone()).unwrap(), (primary, all.clone()));
        }
    }

    #[test]
    fn a_node_without_a_host_is_on_the_host_that_answered() {
        let nil = Value::Array(vec![Value::Nil, Value::Int(3)]);
        for unnamed in [value(node("", 3)), value(node("?", 3)), nil] {
            let found = at(7, vec![range(0, 16_383, &[unnamed])]);
            assert_eq!(found.unwrap().0, node("answered", 3));
        }
    }

    #[test]
    fn a_slot_that_nobody_has_is_a_fault() {
        assert!(at(7, vec![range(0, 6, &[value(node("a", 1))])]).is_err());
        assert!(at(7, vec![range(0, 9, &[])]).is_err());
        assert!(at(7, vec![Value::Nil]).is_err());
        assert!(primary(&[], "answered").is_err());
    }

    #[test]
    fn nodes_of_an_answer_are_searched_behind_the_seeds() {
        let cluster = Cluster::parse("user:secret@one:1,two:2", "redis").unwrap();
        let (one, two, three) = (node("one", 1), node("two", 2), node("three", 3));
        cluster.learn(vec![two.clone(), three.clone()]);
        assert_eq!(cluster.search(), [one, two, three]);
    }
}
