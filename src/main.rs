//! The command line: arguments in, exit code out.

use licgraph::cli::{ExitStatus, run};

/// A report is made of very many small texts.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitStatus {
    run(std::env::args_os())
}
