//! Answers and errors that hold a `&'static str`. A future that is held across an `.await` must need no bound that
//! speaks of `'static`: rustc forgets regions when it asks whether the future around it is `Send`.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use cached_attr::cached;

#[cached(ttl = "1m")]
async fn failing(id: u32) -> Result<u32, (u16, &'static str)> {
    if id == 0 {
        Err((404, "no such thing"))
    } else {
        Ok(id)
    }
}

#[cached(ttl = "1m")]
async fn named(id: u32) -> Option<&'static str> {
    (id > 0).then_some("a name")
}

#[tokio::test]
async fn calls_whose_answers_hold_static_references_can_be_spawned() {
    assert_eq!(tokio::spawn(failing(1)).await.ok(), Some(Ok(1)));
    assert_eq!(
        tokio::spawn(failing(0)).await.ok(),
        Some(Err((404, "no such thing")))
    );
    assert_eq!(tokio::spawn(named(1)).await.ok(), Some(Some("a name")));
}

#[derive(Clone, Debug, PartialEq)]
struct User(String);

impl FromRequestParts<()> for User {
    type Rejection = (StatusCode, &'static str);

    #[cached(ttl = "10s", key = parts.uri, skip(_state), handle = false)]
    async fn from_request_parts(parts: &mut Parts, _state: &()) -> Result<Self, Self::Rejection> {
        match parts.uri.path() {
            "/" => Err((StatusCode::UNAUTHORIZED, "who are you?")),
            path => Ok(User(path.to_owned())),
        }
    }
}

#[tokio::test]
async fn extractors_may_reject_with_a_static_text() {
    let parts = |path: &str| {
        axum::http::Request::get(path)
            .body(())
            .expect("a request")
            .into_parts()
            .0
    };
    let user = User::from_request_parts(&mut parts("/ann"), &()).await;
    assert_eq!(user, Ok(User("/ann".to_owned())));
    let user = User::from_request_parts(&mut parts("/"), &()).await;
    assert_eq!(user, Err((StatusCode::UNAUTHORIZED, "who are you?")));
}
