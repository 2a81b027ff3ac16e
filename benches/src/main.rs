//! `cargo run --release` prints the table; `cargo run --release -- hit slot` prints some of its rows.

use std::time::Instant;

use cached_attr_benches::table::Head;
use cached_attr_benches::{heap, rows};

#[global_allocator]
static HEAP: heap::Counting = heap::Counting;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
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
