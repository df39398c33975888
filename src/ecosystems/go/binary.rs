//! Compiled Go programs: the modules that are in them, from the build information that the linker embeds.

use super::binary_files::used_directories;
use super::binary_format::{BuildInformation, build_information};
use super::cache::{CachedFiles, ModuleCache};
use super::standard_library;
use super::universal;
use super::version::{ModuleVersion, is_safe_path};
use crate::ecosystems::{ReadContext, Reading};
use crate::model::{
    Checksum, ChecksumAlgorithm, Dependency, Ecosystem, Files, InnerDirectories, Linkage, NodeIndex, Origin,
    Package, Problem, Project, Scope, SourceSpan,
};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// First bytes of ELF, of Mach-O in both byte orders and as a universal file, and of Windows programs.
const EXECUTABLES: [&[u8]; 8] = [
    b"\x7fELF",
    b"MZ",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xca\xfe\xba\xbf",
];

/// No more of a program is read than this many bytes.
const LARGEST: u64 = 1 << 30;

/// Whether a file is a program that was compiled by Go with module information.
pub fn is_go_binary(path: &Path) -> bool {
    is_executable(path) && load(path).is_ok_and(|bytes| !informations(&bytes).is_empty())
}

/// The build information of each program in the file that holds any.
fn informations(bytes: &[u8]) -> Vec<BuildInformation> {
    universal::parts(bytes).into_iter().filter_map(build_information).collect()
}

fn is_executable(path: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && EXECUTABLES.iter().any(|magic| start.starts_with(magic))
}

fn load(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(file.metadata()?.len().min(LARGEST)).unwrap_or(0));
    file.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads the modules of a compiled program: its main module as the project, the others below it.
pub fn read_binary(path: &Path, context: &ReadContext) -> Reading {
    let mut reading = Reading::default();
    let name = context.relative(path);
    let place = SourceSpan::file(&name);
    let bytes = match load(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            reading.problems.push(Problem::incomplete(Some(place), format!("cannot be read: {error}")));
            return reading;
        }
    };
    let found = informations(&bytes);
    let Some(information) = found.first() else {
        let message = "holds no Go build information; audit the sources, or build it with module support";
        reading.problems.push(Problem::incomplete(Some(place), message));
        return reading;
    };
    let silent = universal::parts(&bytes).len() - found.len();
    if silent > 0 {
        let message = format!(
            "{silent} of the programs in this universal file hold no Go build information; split it with `lipo` \
             and audit each"
        );
        reading.problems.push(Problem::incomplete(Some(place.clone()), message));
    }
    let program = Program::of_all(&found);
    for line in &program.broken {
        let message = format!("a line of the build information is not understood: {line:?}");
        reading.problems.push(Problem::incomplete(Some(place.clone()), message));
    }
    let cache = ModuleCache::of(context);
    let project = add_project(&mut reading, &program, &name, &cache);
    let linked = || Dependency::new(Scope::Runtime, Linkage::Static);
    let used = used_directories(&bytes, program.modules.iter().map(LinkedModule::actual));
    for module in &program.modules {
        let mut package = package(module, &cache, &name, context);
        let used = used.get(module.actual()).cloned();
        package.inner = Some(InnerDirectories { used, ..InnerDirectories::default() });
        let node = reading.graph.add_package(package);
        let mut dependency = linked();
        dependency.requirement = Some(module.required.version.clone());
        let renamed = reading.graph.package(node).name != module.required.path;
        dependency.alias = renamed.then(|| module.required.path.clone());
        reading.graph.add_dependency(project, node, dependency);
    }
    let library = reading.graph.add_package(standard_library::of_release(Some(&information.go_version)));
    reading.graph.add_dependency(project, library, linked());
    reading.read.push(name);
    reading
}

fn add_project(reading: &mut Reading, program: &Program, name: &str, cache: &ModuleCache) -> NodeIndex {
    let known = program.main.as_ref().map(|main| &main.required);
    if known.is_none() {
        let message = "the build information names no main module: the program was built from single files";
        reading.problems.push(Problem::note(Some(SourceSpan::file(name)), message));
    }
    let path = known.map(|module| module.path.as_str()).or(program.package.as_deref()).unwrap_or(name);
    // `(devel)` stands for a build from a working tree.
    let version = known.map(|module| module.version.as_str()).filter(|version| version.starts_with('v'));
    let mut package = Package::new(Ecosystem::Go, path, version, Origin::Project);
    package.location = Some(SourceSpan::file(name));
    package.files = known.and_then(|module| cached(cache, module));
    let node = reading.graph.add_package(package);
    reading.graph.add_project(Project {
        node,
        manifest: name.to_owned(),
        graph_source: Some(name.to_owned()),
    });
    node
}

fn cached(cache: &ModuleCache, module: &ModuleVersion) -> Option<Files> {
    Some(match cache.files(module)? {
        CachedFiles::Directory(directory) => Files::Directory(directory),
        CachedFiles::Archive(archive) => Files::Archive(archive),
    })
}

fn package(module: &LinkedModule, cache: &ModuleCache, name: &str, context: &ReadContext) -> Package {
    let actual = module.actual();
    // A replacement without a version is a directory on the machine that built the program.
    let (identity, origin) = match &module.replacement {
        Some(directory) if directory.version.is_empty() || !is_safe_path(&directory.path) => {
            let tail = context.relative(Path::new(&directory.path));
            (&module.required, Origin::Path(tail))
        }
        _ => (actual, Origin::Registry(None)),
    };
    let mut package = Package::new(Ecosystem::Go, &identity.path, Some(&identity.version), origin.clone());
    package.location = Some(SourceSpan::file(name));
    if matches!(origin, Origin::Registry(_)) {
        package.files = cached(cache, identity);
    }
    if let Some(hash) = &module.hash {
        package.checksums.push(Checksum { algorithm: ChecksumAlgorithm::GoH1, value: hash.clone() });
    }
    package
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct LinkedModule {
    required: ModuleVersion,
    replacement: Option<ModuleVersion>,
    hash: Option<String>,
}

impl LinkedModule {
    fn actual(&self) -> &ModuleVersion {
        self.replacement.as_ref().unwrap_or(&self.required)
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Program {
    package: Option<String>,
    main: Option<LinkedModule>,
    modules: Vec<LinkedModule>,
    broken: Vec<String>,
}

impl Program {
    /// The programs of a universal file taken together: each may be built with modules of its own.
    fn of_all(found: &[BuildInformation]) -> Self {
        let mut programs = found.iter().map(|information| parse(&information.modules));
        let mut all = programs.next().unwrap_or_default();
        for program in programs {
            all.modules.extend(program.modules);
            all.broken.extend(program.broken);
        }
        let mut seen = Vec::new();
        all.modules.retain(|module| {
            let is_new = !seen.contains(module);
            if is_new {
                seen.push(module.clone());
            }
            is_new
        });
        all.broken.sort_unstable();
        all.broken.dedup();
        all
    }
}

/// Reads the lines of the build information: `path`, `mod`, `dep`, `=>`, `build`, parted by tabs.
fn parse(text: &str) -> Program {
    let mut program = Program::default();
    let mut last_is_main = false;
    for line in text.lines() {
        let words: Vec<_> = line.split('\t').collect();
        match words[..] {
            ["path", path, ..] => program.package = Some(path.to_owned()),
            ["mod", path, version, ref rest @ ..] => {
                program.main = Some(linked(path, version, rest));
                last_is_main = true;
            }
            ["dep", path, version, ref rest @ ..] if is_safe_path(path) => {
                program.modules.push(linked(path, version, rest));
                last_is_main = false;
            }
            ["=>", path, version, ref rest @ ..] => {
                let slot = if last_is_main { program.main.as_mut() } else { program.modules.last_mut() };
                if let Some(module) = slot {
                    module.replacement = Some(ModuleVersion::new(path, version));
                    module.hash = hash(rest);
                }
            }
            [""] | ["build", ..] => {}
            _ => program.broken.push(line.chars().take(200).collect()),
        }
    }
    program
}

fn linked(path: &str, version: &str, rest: &[&str]) -> LinkedModule {
    LinkedModule { required: ModuleVersion::new(path, version), replacement: None, hash: hash(rest) }
}

fn hash(rest: &[&str]) -> Option<String> {
    rest.first()?.strip_prefix("h1:").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_all_parts_are_listed_once() {
        let information = |modules: &str| BuildInformation {
            go_version: "go1.22.5".to_owned(),
            modules: modules.to_owned(),
        };
        let both = [
            information("mod\texample.com/app\t(devel)\t\ndep\ta.example/x\tv1.0.0\twhat\n"),
            information(
                "mod\texample.com/app\t(devel)\t\ndep\ta.example/x\tv1.0.0\twhat\ndep\ta.example/y\tv2.0.0\n",
            ),
        ];
        let program = Program::of_all(&both);
        let paths: Vec<_> = program.modules.iter().map(|module| module.required.path.as_str()).collect();
        assert_eq!(paths, ["a.example/x", "a.example/y"]);
        assert_eq!(program.main.unwrap().required.path, "example.com/app");
    }

    #[test]
    fn lines_become_modules() {
        let program = parse(
            "path\texample.com/app/cmd\nmod\texample.com/app\t(devel)\t\ndep\ta.example/x\tv1.0.0\th1:AAA=\n\
             dep\ta.example/y\tv1.0.0\n=>\ta.example/fork\tv1.1.0\th1:BBB=\nbuild\t-compiler=gc\nwhat\tis\n",
        );
        assert_eq!(program.package.as_deref(), Some("example.com/app/cmd"));
        assert_eq!(program.modules.len(), 2);
        assert_eq!(program.modules[0].hash.as_deref(), Some("AAA="));
        assert_eq!(program.modules[1].replacement, Some(ModuleVersion::new("a.example/fork", "v1.1.0")));
        assert_eq!(program.modules[1].hash.as_deref(), Some("BBB="));
        assert_eq!(program.broken, ["what\tis"]);
    }
}
