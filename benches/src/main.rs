//! `cargo run --release` prints the table; `cargo run --release -- hit slot` prints some of its rows.

use std::time::Instant;

use cached_attr_benches::table::Head;
use cached_attr_benches::{callgrind, rows};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, what, count] = &arguments[..]
        && mode == callgrind::COUNTED
    {
        callgrind::run_counted(what, count.parse().unwrap_or(0));
        return;
    }
    let start = Instant::now();
    println!("{Head}");
    for (name, make) in rows::ALL {
        if arguments.is_empty() || arguments.iter().any(|wanted| wanted == name) {
            for row in make() {
                println!("{row}");
            }
        }
    }
    eprintln!("took {} s", start.elapsed().as_secs());
}
