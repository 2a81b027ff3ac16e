//! Secrets.

use lambda::load::Secret;
use lambda::{LoadError, load};

use crate::desk::Desk;

#[tokio::test]
async fn l_b17_a_secret_is_its_current_text_or_else_its_current_bytes() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.secret("/l_b17/text", "v1").await.unwrap();
    desk.seed.rotate_secret("/l_b17/text", "v2").await.unwrap();
    desk.seed
        .binary_secret("/l_b17/bytes", &[0, 159, 146, 150])
        .await
        .unwrap();

    assert_eq!(
        load::secret(&desk.aws, "/l_b17/text").await.unwrap(),
        Secret::Text("v2".into()),
        "not the previous one"
    );
    let bytes: &[u8] = &[0, 159, 146, 150];
    assert_eq!(
        load::secret(&desk.aws, "/l_b17/bytes").await.unwrap(),
        Secret::Binary(bytes.into())
    );
    assert_eq!(
        *load::secret_binary(&desk.aws, "/l_b17/bytes")
            .await
            .unwrap(),
        *bytes
    );

    let error = load::secret_text(&desk.aws, "/l_b17/bytes")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "/l_b17/bytes is a binary secret, not a text: load it as what it is"
    );
    let error = load::secret_binary(&desk.aws, "/l_b17/text")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "/l_b17/text is a text secret, not binary: load it as what it is"
    );
}

#[tokio::test]
async fn a_secret_shows_itself_neither_printed_nor_in_an_error() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.secret("/shows/text", "hunter2").await.unwrap();
    let secret = load::secret(&desk.aws, "/shows/text").await.unwrap();
    assert_eq!(format!("{secret:?}"), "Secret::Text(…)");
    let error = load::secret_binary(&desk.aws, "/shows/text")
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_secret_that_does_not_exist_is_missing_by_name() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    let error = load::secret(&desk.aws, "/no/such/secret")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, LoadError::Missing { names, .. } if names == &["/no/such/secret"]),
        "{error:?}"
    );
}
