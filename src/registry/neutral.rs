//! Asks the user's own clients how they are set up, from an empty directory outside the audited tree.

use crate::model::UserEnvironment;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A client that does not answer by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// No answer that is of use is longer, in bytes.
const LONGEST_ANSWER: usize = 1 << 20;

/// The user's clients.
///
/// No program of the audited tree is ever started: relative directories of `PATH`, and those inside the tree
/// (a virtual environment, `node_modules/.bin`), are passed over, and so are the variables by which a tree can
/// load code into a client.
pub struct Clients {
    environment: UserEnvironment,
    audited: PathBuf,
    answers: Mutex<BTreeMap<Vec<String>, Option<String>>>,
}

impl Clients {
    /// The clients of a user, for an audit of `audited`.
    pub fn new(environment: UserEnvironment, audited: &Path) -> Self {
        let audited = dunce::canonicalize(audited).unwrap_or_else(|_| audited.to_owned());
        Self { environment, audited, answers: Mutex::default() }
    }

    /// The user's settings.
    pub fn environment(&self) -> &UserEnvironment {
        &self.environment
    }

    /// Whether a path lies in the audited tree.
    pub fn is_audited(&self, path: &Path) -> bool {
        dunce::canonicalize(path).is_ok_and(|path| path.starts_with(&self.audited))
    }

    /// What a client prints on standard output, trimmed. `files` are laid into its empty directory first.
    /// `None` when it is not installed, fails, or stays silent. The same question is put once.
    pub fn ask(&self, program: &str, arguments: &[&str], files: &[(&str, &str)]) -> Option<String> {
        let key: Vec<String> =
            std::iter::once(&program).chain(arguments).map(|part| (*part).to_owned()).collect();
        let mut answers = self.answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = answers.get(&key) {
            return known.clone();
        }
        let answer = self.run(program, arguments, files);
        tracing::debug!(program, answered = answer.is_some(), "asked a client for its settings");
        answers.insert(key, answer.clone());
        answer
    }

    fn run(&self, program: &str, arguments: &[&str], files: &[(&str, &str)]) -> Option<String> {
        let directories = self.search_path();
        let executable = find(program, &directories)?;
        let directory = tempfile::tempdir().ok()?;
        if self.is_audited(directory.path()) {
            return None;
        }
        for (name, text) in files {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent()?).ok()?;
            std::fs::write(path, text).ok()?;
        }
        let output = directory.path().join(".answer");
        let mut child = Command::new(executable)
            .args(arguments)
            .current_dir(directory.path())
            .env_clear()
            .envs(self.environment.pairs().filter(|(name, _)| self.is_harmless(name)))
            .env("PATH", std::env::join_paths(&directories).ok()?)
            .env("GOTOOLCHAIN", "local")
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&output).ok()?)
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().ok()? {
                break status;
            }
            if started.elapsed() > PATIENCE {
                // It may have ended by itself in between.
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        if !status.success() {
            return None;
        }
        let bytes = std::fs::read(&output).ok()?;
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_ANSWER)]).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// Whether this runs inside `npm run`, which hands the settings of the project down in variables.
    pub fn is_inside_npm(&self) -> bool {
        self.environment.variable("npm_lifecycle_event").is_some()
    }

    /// Variables by which somebody else's code or settings get into a client are kept from it.
    fn is_harmless(&self, name: &str) -> bool {
        let kept_out = [
            "PYTHONPATH",
            "PYTHONHOME",
            "PYTHONSTARTUP",
            "NODE_OPTIONS",
            "NODE_PATH",
            "GOFLAGS",
            "GOWORK",
            "GOTOOLCHAIN",
            "GO111MODULE",
            "RUSTC",
            "RUSTC_WRAPPER",
            "INIT_CWD",
            "PATH",
            "PWD",
            "VIRTUAL_ENV",
        ];
        let of_npm = self.is_inside_npm() && name.to_ascii_lowercase().starts_with("npm_");
        !of_npm && !kept_out.contains(&name)
    }

    fn search_path(&self) -> Vec<PathBuf> {
        let path = OsString::from(self.environment.variable("PATH").unwrap_or_default());
        std::env::split_paths(&path)
            .filter(|directory| directory.is_absolute() && !self.is_audited(directory))
            .collect()
    }
}

fn find(program: &str, directories: &[PathBuf]) -> Option<PathBuf> {
    let names = if cfg!(windows) {
        vec![format!("{program}.exe"), format!("{program}.cmd")]
    } else {
        vec![program.to_owned()]
    };
    directories
        .iter()
        .flat_map(|directory| names.iter().map(|name| directory.join(name)))
        .find(|path| path.is_file())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::Clients;
    use crate::model::UserEnvironment;

    fn script(directory: &std::path::Path, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::create_dir_all(directory).unwrap();
        let path = directory.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn a_client_of_the_audited_tree_is_not_started() {
        let tree = tempfile::tempdir().unwrap();
        let user = tempfile::tempdir().unwrap();
        script(&tree.path().join("bin"), "client", "echo hostile");
        script(
            user.path(),
            "client",
            "echo \"$1 from $(ls -A | tr '\\n' ' ')\"; echo ${NODE_OPTIONS:-clean}",
        );
        let path = format!(".:{}/bin:{}:/usr/bin:/bin", tree.path().display(), user.path().display());
        let environment =
            UserEnvironment::from_pairs([("PATH", path.as_str()), ("NODE_OPTIONS", "--require ./x")]);
        let clients = Clients::new(environment, tree.path());
        let answer = clients.ask("client", &["settings"], &[("package.json", "{}")]).unwrap();
        assert_eq!(answer, "settings from .answer package.json \nclean");
        assert_eq!(clients.ask("no-such-client", &[], &[]), None);
    }

    #[test]
    fn a_client_that_fails_has_no_answer() {
        let user = tempfile::tempdir().unwrap();
        script(user.path(), "client", "echo half an answer; exit 1");
        let path = format!("{}:/usr/bin:/bin", user.path().display());
        let clients =
            Clients::new(UserEnvironment::from_pairs([("PATH", path)]), std::path::Path::new("/nowhere"));
        assert_eq!(clients.ask("client", &[], &[]), None);
    }
}
