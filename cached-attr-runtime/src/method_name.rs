//! The names of methods: `module::Type::method`. An attribute on a method cannot see the type, only `Self`.

use std::any::type_name;

/// `module::method` → `module::Type::method`
pub(crate) fn of<T: ?Sized>(function: &str) -> String {
    let short = short(type_name::<T>());
    match function.rsplit_once("::") {
        Some((module, method)) => format!("{module}::{short}::{method}"),
        None => format!("{short}::{function}"),
    }
}

/// A type without paths and generic arguments: the instances of a generic type have one name.
///
/// ```text
/// shop::db::Store<alloc::string::String> → Store
/// ```
fn short(ty: &str) -> String {
    let mut short = String::new();
    // Where the last word begins, and how many angle brackets are open.
    let (mut word, mut depth) = (0, 0_usize);
    let mut previous = ' ';
    for next in ty.chars() {
        let is_arrow = previous == '-';
        match next {
            '<' => depth += 1,
            '>' if !is_arrow && depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            ':' if previous == ':' => short.truncate(word),
            _ => {
                short.push(next);
                if !next.is_alphanumeric() && next != '_' && next != ':' {
                    word = short.len();
                }
            }
        }
        previous = next;
    }
    short
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_type_is_shortened_to_its_name() {
        assert_eq!(short("shop::db::Store"), "Store");
        assert_eq!(short("Store"), "Store");
    }

    #[test]
    fn generic_arguments_are_left_out() {
        assert_eq!(
            short("shop::Store<alloc::vec::Vec<u8>, shop::Key>"),
            "Store"
        );
        assert_eq!(short("shop::Store<fn(u8) -> shop::Key>"), "Store");
        assert_eq!(short("shop::Borrowed<'_>"), "Borrowed");
    }

    #[test]
    fn a_type_without_a_name_keeps_its_form() {
        assert_eq!(short("&shop::Store<u8>"), "&Store");
        assert_eq!(
            short("dyn shop::Source + core::marker::Send"),
            "dyn Source + Send"
        );
        assert_eq!(short("(shop::A, [shop::B; 4])"), "(A, [B; 4])");
        assert_eq!(short("fn(shop::A) -> shop::B"), "fn(A) -> B");
    }
}
