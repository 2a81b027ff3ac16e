//! A bucket by URL, over the S3 protocol of moto.

use eligibility::sample;
use moto::Moto;

use crate::http;
use crate::program::{Program, command};

#[tokio::test]
async fn n_b13_a_bucket_by_url_is_listed_page_by_page_and_read_whole() {
    // Three pages of campaigns.
    let moto = Moto::start(&[("MOTO_S3_DEFAULT_MAX_KEYS", "50")]).unwrap();
    let address = moto.url().trim_start_matches("http://");
    let created = http::send(
        address,
        "PUT",
        "/configs",
        &[(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=test",
        )],
    );
    assert_eq!(created.await.status, 200);

    // The variables of the README.
    let variables = [
        ("AWS_ENDPOINT_URL", moto.url()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("ENVIRONMENT", "prod"),
    ];
    let mut write = command(&["--sample", "s3://configs"], &variables);
    let written = write.output().await.unwrap();
    assert!(written.status.success(), "{written:?}");

    let program = Program::start("s3://configs", &variables).await;
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let response = program.eligibility("app").await;
        assert_eq!(response.status, 200, "{}", response.body);
        bodies.push(response.body);
    }
    let answers: Vec<serde_json::Value> = serde_json::from_str(&bodies[0]).unwrap();
    assert_eq!(answers.len(), 120);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    // Beside the campaigns, the mapping and the toggle are read.
    let reads = u64::from(sample::CAMPAIGNS) + 2;
    assert_eq!(program.bucket_requests().await, (1, reads));
}
