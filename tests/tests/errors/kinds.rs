//! `Result` and `Option` are known by type, whatever they are called.

use std::io;

use cached_attr::cached;
use cached_attr_tests::Source;

type Private<T> = Result<T, String>;

#[cached(ttl = "1m", skip(source))]
async fn by_private_alias(source: &Source) -> Private<u32> {
    match source.ask() {
        1 => Err("first".to_owned()),
        answer => Ok(answer),
    }
}

#[tokio::test]
async fn an_error_behind_a_private_alias_is_not_stored() {
    let source = Source::new();
    assert_eq!(by_private_alias(&source).await, Err("first".to_owned()));
    assert_eq!(by_private_alias(&source).await, Ok(2));
    assert_eq!(by_private_alias(&source).await, Ok(2));
    let held: Option<u32> = by_private_alias_cache().get(()).await;
    assert_eq!(held, Some(2), "the value is what is stored");
}

#[cached(ttl = "1m", skip(source))]
async fn by_io(source: &Source) -> io::Result<u32> {
    match source.ask() {
        1 => Err(io::Error::new(io::ErrorKind::NotFound, "first")),
        answer => Ok(answer),
    }
}

#[tokio::test]
async fn io_result_keeps_its_own_error() {
    let source = Source::new();
    let error = by_io(&source).await.expect_err("the first fails");
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert_eq!(by_io(&source).await.ok(), Some(2));
    assert_eq!(by_io_cache().get(()).await, Some(2));
}

#[cached(ttl = "1m", skip(source))]
async fn by_anyhow(source: &Source) -> anyhow::Result<u32> {
    match source.ask() {
        1 => Err(anyhow::anyhow!("first")),
        answer => Ok(answer),
    }
}

#[tokio::test]
async fn anyhow_result_is_a_result() {
    let source = Source::new();
    assert!(by_anyhow(&source).await.is_err());
    assert_eq!(by_anyhow(&source).await.ok(), Some(2));
    by_anyhow_cache().insert((), 7).await;
    assert_eq!(by_anyhow(&source).await.ok(), Some(7));
}

mod named_otherwise {
    pub(super) type Answer<T> = Result<T, &'static str>;
    pub(super) type Deep = Answer<Option<u32>>;
}

#[cached(ttl = "1m", skip(source))]
async fn deep(source: &Source) -> named_otherwise::Deep {
    match source.ask() {
        1 => Err("first"),
        answer => Ok(Some(answer)),
    }
}

#[tokio::test]
async fn an_alias_that_does_not_say_result_is_a_result_too() {
    let source = Source::new();
    assert_eq!(deep(&source).await, Err("first"));
    assert_eq!(deep(&source).await, Ok(Some(2)));
    assert_eq!(deep_cache().get(()).await, Some(Some(2)));
}

#[tokio::test]
async fn question_marks_in_the_body_work() {
    #[cached(ttl = "1m", skip(text))]
    async fn parsed(text: &str) -> Result<u32, std::num::ParseIntError> {
        let number: u32 = text.parse()?;
        Ok(number)
    }

    assert!(parsed("x").await.is_err());
    assert_eq!(parsed("7").await, Ok(7));
    assert_eq!(parsed("8").await, Ok(7));
}

#[tokio::test]
async fn a_result_of_a_result_stores_what_is_inside_the_outer_one() {
    #[cached(ttl = "1m", skip(source))]
    async fn nested(source: &Source) -> Result<Result<u32, String>, String> {
        Ok(Err(format!("{}", source.ask())))
    }

    let source = Source::new();
    assert_eq!(nested(&source).await, Ok(Err("1".to_owned())));
    assert_eq!(nested(&source).await, Ok(Err("1".to_owned())));
    assert_eq!(nested_cache().get(()).await, Some(Err("1".to_owned())));
}
