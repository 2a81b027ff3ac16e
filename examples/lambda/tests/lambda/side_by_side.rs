//! A stack of resources costs one round of waiting, a crowd of callers one load, and all loads use one connection.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::post;
use cached_attr::{CacheControlExt as _, cached};
use futures_util::future::join_all;
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::{Desk, millis, settings};

/// In the original, three resources of 200 ms take 601 ms.
#[tokio::test]
async fn l_f10_stacked_resources_cost_a_request_each_and_one_round_of_waiting() {
    #[cached(let one = load::parameter(aws, "/stack/a").await?, ttl = "60s", skip(aws))]
    #[cached(let two = load::parameter(aws, "/stack/b").await?, ttl = "60s", skip(aws))]
    #[cached(let three = load::parameters(aws, &["/stack/c"]).await?, ttl = "60s", skip(aws))]
    #[cached(let four = load::secret(aws, "/stack/d").await?, ttl = "60s", skip(aws))]
    #[cached(let five = load::object(aws, "s3://stack/e", &known).await?, ttl = "60s", context = known, skip(aws))]
    async fn stack(aws: &Aws) -> Result<usize, LoadError> {
        let texts = one.text()?.len() + two.text()?.len() + four.text()?.len();
        Ok(texts + three["/stack/c"].list()?.len() + five.bytes().len())
    }

    let desk = Desk::new();
    desk.seed.parameter("/stack/a", "1").await;
    desk.seed.parameter("/stack/b", "22").await;
    desk.seed.string_list("/stack/c", "x,y,z").await;
    desk.seed.secret("/stack/d", "4444").await;
    desk.bucket("stack", "e", b"55555").await;
    for label in ["GetParameter", "GetParameters", "GetSecretValue", "GET"] {
        desk.wire.delay(label, millis(200));
    }

    // All callers come at once and find nothing: L-F11 too.
    let crowd = join_all((0..100).map(|_| stack(&desk.aws))).await;
    let right = crowd.iter().all(|answer| matches!(answer, Ok(15)));
    assert!(right, "{crowd:?}");
    assert_eq!(desk.wire.total(), 5, "one load for each resource");
    assert_eq!(desk.wire.most_at_once(), 5, "all under way together");
}

/// In the original, every miss makes a client: credentials, a connection, a handshake.
///
/// moto closes every connection, so an endpoint of our own counts them.
#[tokio::test]
async fn l_f17_ten_refreshes_use_one_connection() {
    let connections = Arc::<Mutex<BTreeSet<SocketAddr>>>::default();
    let seen = Arc::clone(&connections);
    let parameter = post(async move |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
        seen.lock().unwrap().insert(peer);
        r#"{"Parameter":{"Name":"/l_f17/var","Type":"String","Value":"x"}}"#
    });
    let service = Router::new().route("/", parameter);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async { axum::serve(listener, service).await });

    let refresh = async |aws: &Aws| {
        let look = lookup::parameter(aws, "/l_f17/var").max_age(Duration::ZERO);
        look.await.unwrap();
    };
    let aws = Aws::new(settings(&url, None));
    for _ in 0..10 {
        refresh(&aws).await;
    }
    assert_eq!(connections.lock().unwrap().len(), 1);

    refresh(&Aws::new(settings(&url, None))).await;
    let count = connections.lock().unwrap().len();
    assert_eq!(count, 2, "another client has a connection of its own");
}
