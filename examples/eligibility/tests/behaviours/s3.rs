//! Over the wire: a bucket that speaks as much S3 as reading needs, and lists a thousand names a page.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use eligibility::{Bucket, Caller, campaign_configs, sample};
use object_store::aws::AmazonS3Builder;
use serde::Deserialize;
use tokio::net::TcpListener;

const PAGE: usize = 1000;

struct Served {
    names: Vec<String>,
    lists: AtomicU64,
    gets: AtomicU64,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct List {
    #[serde(default)]
    prefix: String,
    continuation_token: Option<usize>,
}

async fn list(State(served): State<Arc<Served>>, Query(list): Query<List>) -> String {
    served.lists.fetch_add(1, Ordering::Relaxed);
    let first = list.continuation_token.unwrap_or(0);
    let names: Vec<_> = served
        .names
        .iter()
        .filter(|name| name.starts_with(&list.prefix))
        .collect();
    let page = &names[first..names.len().min(first + PAGE)];
    let contents = page.iter().map(|name| {
        format!(
            "<Contents><Key>{name}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified>\
             <ETag>\"1\"</ETag></Contents>"
        )
    });
    let next = first + page.len();
    let token = if next < names.len() {
        format!("<NextContinuationToken>{next}</NextContinuationToken>")
    } else {
        String::new()
    };
    format!(
        "<ListBucketResult>{}{token}</ListBucketResult>",
        contents.collect::<String>()
    )
}

async fn object(
    State(served): State<Arc<Served>>,
    Path(key): Path<String>,
) -> ([(&'static str, &'static str); 2], Vec<u8>) {
    served.gets.fetch_add(1, Ordering::Relaxed);
    let number = key
        .trim_start_matches("campaigns/campaign-")
        .trim_end_matches(".json")
        .parse()
        .unwrap();
    let headers = [
        ("etag", "\"1\""),
        ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ];
    (headers, sample::json(&sample::campaign(number, 1)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn n_b13_a_bucket_of_1005_objects_is_listed_page_by_page_and_read_whole() {
    let served = Arc::new(Served {
        names: (0..1005).map(sample::path).collect(),
        lists: AtomicU64::new(0),
        gets: AtomicU64::new(0),
    });
    let service = Router::new()
        .route("/configs", get(list))
        .route("/configs/{*key}", get(object))
        .with_state(Arc::clone(&served));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, service).await });

    let store = AmazonS3Builder::new()
        .with_bucket_name("configs")
        .with_region("eu-west-2")
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_skip_signature(true)
        .build()
        .unwrap();
    let bucket = Bucket::new("s3://configs", store);
    for _ in 0..3 {
        let configs = campaign_configs(&bucket, &Caller::consumer("app"))
            .await
            .unwrap();
        assert_eq!(configs.len(), 1005);
    }
    let requests = (
        served.lists.load(Ordering::Relaxed),
        served.gets.load(Ordering::Relaxed),
    );
    assert_eq!(
        requests,
        (2, 1005),
        "two pages and one read an object, once for three calls"
    );
}
