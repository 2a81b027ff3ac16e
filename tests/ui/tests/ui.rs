//! Each file under `fail` is one mistake, and the text beside it what the compiler says to it.

#[test]
fn every_mistake_is_told_at_its_own_token() {
    trybuild::TestCases::new().compile_fail("fail/*/*.rs");
}
