//! Makes so many calls of one contender and ends: `counted CachedAttr 1000`, for callgrind.

fn main() {
    let mut arguments = std::env::args().skip(1);
    if let (Some(what), Some(count)) = (arguments.next(), arguments.next()) {
        cached_attr_benches::callgrind::run_counted(&what, count.parse().unwrap_or(0));
    }
}
