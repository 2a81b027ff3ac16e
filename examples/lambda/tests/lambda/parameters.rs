//! One parameter, and what the binding of it is called.

use std::sync::Arc;

use cached_attr::cached;
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::Desk;

/// The original binds the part after the last `/`, which is nothing for a trailing slash and carries random letters for an
/// ARN. Ours binds the name that stands in the attribute, whatever the resource is called.
#[tokio::test]
async fn l_b3_a_binding_has_the_name_that_is_written_whatever_the_resource_is_called() {
    #[cached(let by_path = load::parameter(aws, "/l_b3/production/app/var").await?, ttl = "60s", skip(aws))]
    #[cached(let no_slash = load::parameter(aws, "l_b3_var").await?, ttl = "60s", skip(aws))]
    #[cached(let by_arn = load::secret_text(aws, arn).await?, ttl = "60s", skip(aws))]
    #[cached(let folder = load::object(aws, "s3://l-b3/folder/").await?, ttl = "60s", skip(aws))]
    async fn handler(
        aws: &Aws,
        arn: &str,
    ) -> Result<(String, String, Arc<str>, Vec<u8>), LoadError> {
        let bytes = folder.read().await?;
        Ok((by_path, no_slash, by_arn, bytes))
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed
        .parameter("/l_b3/production/app/var", "path")
        .await
        .unwrap();
    desk.seed.parameter("l_b3_var", "plain").await.unwrap();
    let arn = desk.seed.secret("/l_b3/prod/db/conn", "arn").await.unwrap();
    assert!(arn.starts_with("arn:aws:secretsmanager:"), "{arn}");
    desk.seed.bucket("l-b3").await.unwrap();
    desk.seed.object("l-b3", "folder/", b"slash").await.unwrap();

    let bound = handler(&desk.aws, &arn).await.unwrap();
    assert_eq!(
        bound,
        (
            "path".to_owned(),
            "plain".to_owned(),
            "arn".into(),
            b"slash".to_vec()
        )
    );
}

#[tokio::test]
async fn l_b9_a_lookup_is_an_ordinary_function_and_shares_what_a_handler_loaded() {
    async fn handler(aws: &Aws) -> Result<String, LoadError> {
        let var = lookup::parameter(aws, "/l_b9/var").await?;
        deep_inside(aws).await?;
        Ok(var)
    }
    async fn deep_inside(aws: &Aws) -> Result<usize, LoadError> {
        Ok(lookup::parameter(aws, "/l_b9/var").await?.len())
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_b9/var", "shared").await.unwrap();
    assert_eq!(handler(&desk.aws).await.unwrap(), "shared");
    assert_eq!(deep_inside(&desk.aws).await.unwrap(), 6);
    assert_eq!(desk.meter.count("GetParameter /l_b9/var"), 1);
}

#[tokio::test]
async fn l_b13_one_name_is_get_parameter_a_list_is_get_parameters_and_both_decrypt() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed
        .secure_string("/l_b13/password", "s3cr3t")
        .await
        .unwrap();

    assert_eq!(
        load::parameter(&desk.aws, "/l_b13/password").await.unwrap(),
        "s3cr3t"
    );
    assert_eq!(
        (
            desk.meter.count("GetParameter"),
            desk.meter.count("GetParameters")
        ),
        (1, 0)
    );

    let list = load::parameters(&desk.aws, &["/l_b13/password"])
        .await
        .unwrap();
    assert_eq!(list["/l_b13/password"], "s3cr3t");
    assert_eq!(
        (
            desk.meter.count("GetParameter"),
            desk.meter.count("GetParameters")
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn l_b14_a_string_list_is_split_at_commas_and_nothing_is_trimmed() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed
        .string_list("/l_b14/list", "a,,b, c")
        .await
        .unwrap();
    desk.seed.parameter("/l_b14/text", "a,,b, c").await.unwrap();

    let items = load::string_list(&desk.aws, "/l_b14/list").await.unwrap();
    assert_eq!(*items, ["a", "", "b", " c"].map(str::to_owned));
    assert_eq!(
        load::parameter(&desk.aws, "/l_b14/text").await.unwrap(),
        "a,,b, c",
        "a text stays a text"
    );

    let error = load::string_list(&desk.aws, "/l_b14/text")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "/l_b14/text is a String, not a StringList: load it as what it is"
    );
}

/// In the original the list is one object that everyone may write into.
#[tokio::test]
async fn l_f15_a_list_that_one_caller_changes_is_changed_for_nobody_else() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.string_list("/l_f15/list", "a,b").await.unwrap();

    let mine = lookup::string_list(&desk.aws, "/l_f15/list").await.unwrap();
    // `mine.push("EVIL")` does not compile: an `Arc<[String]>` is shared and read-only. A copy is the caller's own.
    let mut copy = mine.to_vec();
    copy.push("EVIL".to_owned());

    let next = lookup::string_list(&desk.aws, "/l_f15/list").await.unwrap();
    assert_eq!(*next, ["a".to_owned(), "b".to_owned()]);
    assert_eq!(desk.meter.total(), 1);
}
