//! The command line: arguments in, exit code out.

use licgraph::cli::{ExitStatus, run};

fn main() -> ExitStatus {
    run(std::env::args_os())
}
