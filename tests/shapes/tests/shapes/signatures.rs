//! Signatures as they stand in public axum, sqlx, reqwest and AWS code, with one line added. Types of crates that
//! are too heavy here are stood in for by small ones of the same shape.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Json;
use cached_attr::cached;
use cached_attr_tests::Source;
use serde::de::DeserializeOwned;

mod sqlx {
    //! The shape of sqlx.
    use std::marker::PhantomData;

    use cached_attr_tests::Source;

    pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

    #[derive(Debug)]
    pub(super) enum Error {
        RowNotFound,
    }

    pub(super) struct Postgres;

    pub(super) trait Database {}

    impl Database for Postgres {}

    pub(super) trait Executor<'c>: Send + Sized {
        type Database: Database;

        fn ask(self) -> u32;
    }

    #[derive(Default)]
    pub(super) struct Pool<DB>(pub(super) Source, PhantomData<fn() -> DB>);

    pub(super) type PgPool = Pool<Postgres>;

    impl<DB: Database> Pool<DB> {
        pub(super) const fn new() -> Self {
            Pool(Source::new(), PhantomData)
        }
    }

    impl<'c, DB: Database> Executor<'c> for &'c Pool<DB> {
        type Database = DB;

        fn ask(self) -> u32 {
            self.0.ask()
        }
    }

    pub(super) struct Transaction<'c, DB>(pub(super) &'c Pool<DB>);

    impl<'c, DB: Database> Executor<'c> for &'c mut Transaction<'_, DB> {
        type Database = DB;

        fn ask(self) -> u32 {
            self.0.0.ask()
        }
    }
}

use sqlx::{Executor, PgPool, Postgres, Transaction};

#[derive(Clone, Debug, PartialEq)]
struct User {
    id: i64,
    version: u32,
}

#[cached(ttl = "1m", negative_ttl = "5s", skip(executor))]
async fn find_user<'e, E>(executor: E, id: i64) -> sqlx::Result<Option<User>>
where
    E: Executor<'e, Database = Postgres>,
{
    let version = executor.ask();
    Ok((id > 0).then_some(User { id, version }))
}

#[cached(ttl = "1m", skip(pool))]
async fn all_tags(pool: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    Ok(vec![format!("tag {}", pool.0.ask())])
}

#[cached(ttl = "1m", skip(tx))]
async fn balance(
    tx: &mut Transaction<'_, Postgres>,
    account: uuid::Uuid,
) -> Result<u32, sqlx::Error> {
    if account.0 == 0 {
        return Err(sqlx::Error::RowNotFound);
    }
    Ok(tx.ask())
}

mod uuid {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub(super) struct Uuid(pub(super) u128);
}

#[tokio::test]
async fn sqlx_executors_pools_and_transactions() {
    let pool = PgPool::new();
    assert_eq!(
        find_user(&pool, 1).await.ok().flatten(),
        Some(User { id: 1, version: 1 })
    );
    let mut transaction = Transaction(&pool);
    assert_eq!(
        find_user(&mut transaction, 1)
            .await
            .ok()
            .flatten()
            .map(|user| user.version),
        Some(1)
    );
    assert_eq!(find_user(&pool, 0).await.ok(), Some(None));
    assert_eq!(all_tags(&pool).await.ok(), Some(vec!["tag 3".to_owned()]));
    assert_eq!(all_tags(&pool).await.ok(), Some(vec!["tag 3".to_owned()]));
    assert_eq!(balance(&mut transaction, uuid::Uuid(7)).await.ok(), Some(4));
    assert_eq!(balance(&mut transaction, uuid::Uuid(7)).await.ok(), Some(4));
    assert!(balance(&mut transaction, uuid::Uuid(0)).await.is_err());
}

/// The shape of `reqwest::Client`.
#[derive(Default)]
struct Client(Source);

#[derive(Debug)]
struct HttpError(String);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Url(String);

impl Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cached(ttl = "1m", skip(client))]
async fn get_json<T>(client: &Client, url: &str) -> Result<T, HttpError>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let body = format!("{}{}", client.0.ask(), url.len());
    serde_json::from_str(&body).map_err(|error| HttpError(error.to_string()))
}

#[cached(ttl = "1m", key = "{url}", skip(client, headers))]
async fn fetch_text(
    client: &Client,
    url: impl AsRef<str> + Display,
    headers: HashMap<&'static str, String>,
) -> anyhow::Result<String> {
    anyhow::ensure!(!url.as_ref().is_empty(), "no url");
    Ok(format!("{url} {} {}", headers.len(), client.0.ask()))
}

#[derive(Debug, PartialEq)]
struct DecodingKey(String);

#[cached(ttl = "1h", skip(client))]
async fn decoding_key(
    client: &Client,
    jwks_uri: &Url,
    kid: &str,
) -> Result<Arc<DecodingKey>, Box<dyn Error + Send + Sync>> {
    if kid.is_empty() {
        return Err("no kid".into());
    }
    Ok(Arc::new(DecodingKey(format!(
        "{jwks_uri} {kid} {}",
        client.0.ask()
    ))))
}

#[tokio::test]
async fn http_clients_urls_and_bodies() {
    let client = Client::default();
    assert_eq!(get_json::<u32>(&client, "u").await.ok(), Some(11));
    assert_eq!(get_json::<u64>(&client, "u").await.ok(), Some(21));
    assert_eq!(get_json::<u32>(&client, "u").await.ok(), Some(11));
    assert!(
        get_json::<String>(&client, "u")
            .await
            .is_err_and(|error| !error.0.is_empty())
    );
    for _ in 0..2 {
        let text = fetch_text(&client, "x", HashMap::new()).await;
        assert_eq!(text.ok().as_deref(), Some("x 0 4"));
    }
    let uri = Url("u".to_owned());
    let key = decoding_key(&client, &uri, "k").await.ok();
    assert!(key.is_some());
    assert_eq!(decoding_key(&client, &uri, "k").await.ok(), key);
    assert!(decoding_key(&client, &uri, "").await.is_err());
}

/// The shape of an AWS client and its errors.
#[derive(Clone, Debug, Default)]
struct Ssm {
    source: Arc<Source>,
}

#[derive(Debug)]
enum SdkError<E, R = u16> {
    ServiceError(E, R),
}

#[derive(Debug)]
struct GetParameterError;

#[cached(ttl = "30s", bypass = !with_decryption, skip(client, with_decryption))]
async fn get_parameter(
    client: &Ssm,
    name: &str,
    with_decryption: bool,
) -> Result<String, SdkError<GetParameterError>> {
    match name {
        "" => Err(SdkError::ServiceError(GetParameterError, 400)),
        name => Ok(format!("{name} {with_decryption} {}", client.source.ask())),
    }
}

struct Bucket {
    client: Ssm,
    name: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Head {
    length: usize,
    version: u32,
}

impl Bucket {
    #[cached(ttl = "1m", key = (self.name, key, version))]
    async fn head(
        &self,
        key: &str,
        version: Option<&str>,
    ) -> Result<Option<Head>, Box<SdkError<io::Error>>> {
        let version = version.map_or_else(|| self.client.source.ask(), |_| 0);
        Ok((!key.is_empty()).then_some(Head {
            length: key.len(),
            version,
        }))
    }

    #[cached(ttl = "1m", skip(self))]
    async fn resolve(self: Arc<Self>, host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
        let address = format!("{host}:{port}").parse().map_err(io::Error::other)?;
        self.client.source.ask();
        Ok(vec![address])
    }
}

#[tokio::test]
async fn aws_clients_and_their_errors() {
    let client = Ssm::default();
    assert_eq!(
        get_parameter(&client, "/a", true).await.ok().as_deref(),
        Some("/a true 1")
    );
    assert_eq!(
        get_parameter(&client, "/a", true).await.ok().as_deref(),
        Some("/a true 1")
    );
    assert_eq!(
        get_parameter(&client, "/a", false).await.ok().as_deref(),
        Some("/a false 2")
    );
    let error = get_parameter(&client, "", true).await;
    assert!(matches!(
        error,
        Err(SdkError::ServiceError(GetParameterError, 400))
    ));
    let bucket = Arc::new(Bucket {
        client,
        name: "b".to_owned(),
    });
    assert_eq!(
        bucket.head("k", None).await.ok().flatten(),
        Some(Head {
            length: 1,
            version: 3
        })
    );
    assert_eq!(
        bucket.head("k", None).await.ok().flatten(),
        Some(Head {
            length: 1,
            version: 3
        })
    );
    assert_eq!(
        bucket.head("k", Some("v")).await.ok().flatten(),
        Some(Head {
            length: 1,
            version: 0
        })
    );
    for _ in 0..2 {
        let addresses = Arc::clone(&bucket)
            .resolve("127.0.0.1".to_owned(), 80)
            .await;
        assert_eq!(addresses.ok().map(|addresses| addresses.len()), Some(1));
    }
    assert_eq!(bucket.client.source.asked(), 4);
}

#[derive(Clone, Debug, PartialEq)]
struct Claims {
    subject: String,
    checked: u32,
}

#[derive(Clone, Default)]
struct Api {
    source: Arc<Source>,
}

fn token(parts: &Parts) -> String {
    let header = parts
        .headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    header.unwrap_or_default().to_owned()
}

impl FromRequestParts<Api> for Claims {
    type Rejection = (StatusCode, String);

    #[cached(ttl = "10s", key = token(parts), skip(state), handle = false)]
    async fn from_request_parts(parts: &mut Parts, state: &Api) -> Result<Self, Self::Rejection> {
        let checked = state.source.ask();
        match token(parts) {
            empty if empty.is_empty() => Err((StatusCode::UNAUTHORIZED, "who are you?".to_owned())),
            subject => Ok(Claims { subject, checked }),
        }
    }
}

#[axum::debug_handler(state = Api)]
#[cached(ttl = "1m", key = (claims.subject, page), skip(api))]
async fn feed(
    claims: Claims,
    State(api): State<Api>,
    Query(page): Query<u32>,
) -> Result<Json<Vec<String>>, StatusCode> {
    let item = format!("{} {page} {}", claims.subject, api.source.ask());
    Ok(Json(vec![item]))
}

#[tokio::test]
async fn axum_extractors_and_handlers() {
    let api = Api::default();
    let parts = |token: &str| {
        let request = axum::http::Request::get("/")
            .header("authorization", token)
            .body(());
        request.expect("a request").into_parts().0
    };
    let claims = Claims::from_request_parts(&mut parts("ann"), &api).await;
    assert_eq!(claims.clone().map(|claims| claims.checked), Ok(1));
    assert_eq!(
        Claims::from_request_parts(&mut parts("ann"), &api).await,
        claims
    );
    assert!(
        Claims::from_request_parts(&mut parts(""), &api)
            .await
            .is_err()
    );
    let claims = claims.expect("ann is known");
    for _ in 0..2 {
        let page = feed(claims.clone(), State(api.clone()), Query(1)).await;
        assert_eq!(page.map(|page| page.0), Ok(vec!["ann 1 3".to_owned()]));
    }
}
