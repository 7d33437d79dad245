//! The habits of the tree, read from its text: who may import whom, where names may stand, how files begin.
//!
//! A rule is a function from one file to what is wrong in it. Each test first shows its rule a wrong file, so that a
//! rule that has gone blind fails too.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of orm-core. A layer imports only from those before it.
const LAYERS: [&str; 10] =
    ["error", "value", "schema", "ast", "lower", "compile", "backend", "model", "queryset", "exec"];

/// What the root of orm-core hands on: of the first layer, and a macro that calls itself.
const ROOT_NAMES: [&str; 3] = ["Error", "Result", "loaded"];

#[test]
fn layers_import_only_from_the_left() {
    let wrong = [
        "use crate::queryset::QuerySet;",
        "use crate::{error::Result, exec::{Database, Pool}};",
        "fn f(q: crate::model::Root<u8>) {}",
        "use super::super::exec::Pool;",
    ];
    check("orm-core/src/ast/select.rs", &wrong, layers);
}

fn layers(file: &File) -> Vec<String> {
    let Some(inside) = file.path.strip_prefix("orm-core/src/") else { return Vec::new() };
    let modules: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
    let Some(own) = LAYERS.iter().position(|layer| *layer == modules[0]) else { return Vec::new() };
    let mut wrong: Vec<String> = imports(&file.library, "crate::")
        .filter(|(_, name)| !ROOT_NAMES.contains(name))
        .filter(|(_, name)| LAYERS.iter().position(|layer| layer == name).is_none_or(|other| other > own))
        .map(|(line, name)| format!("{line}: `{}` must not know `{name}`", LAYERS[own]))
        .collect();
    let to_the_root = "super::".repeat(modules.len());
    wrong.extend(
        lines_with(&file.library, &to_the_root).map(|line| format!("{line}: write `crate::…` instead")),
    );
    wrong
}

#[test]
fn drivers_know_only_the_socket() {
    let wrong = [
        "use orm_core::queryset::QuerySet;",
        "use orm_core::exec::{Database, Pool};",
        "orm_core::model::Root",
    ];
    check("orm-sqlite/src/driver.rs", &wrong, drivers);
}

fn drivers(file: &File) -> Vec<String> {
    const MAY: [&str; 7] = ["error", "value", "schema", "compile", "backend", "Error", "Result"];
    const POOL: [&str; 2] = ["Pool", "Pooled"];
    if !["orm-sqlite/src/", "orm-postgres/src/", "orm-mysql/src/"]
        .iter()
        .any(|src| file.path.starts_with(src))
    {
        return Vec::new();
    }
    let core =
        imports(&file.library, "orm_core::").filter(|(_, name)| *name != "exec" && !MAY.contains(name));
    let exec = imports(&file.library, "orm_core::exec::").filter(|(_, name)| !POOL.contains(name));
    core.chain(exec).map(|(line, name)| format!("{line}: a driver must not know `{name}`")).collect()
}

#[test]
fn only_exec_awaits() {
    check("orm-core/src/backend/sink.rs", &["async fn f() { g().await }", "g()\n    .await"], awaits);
}

fn awaits(file: &File) -> Vec<String> {
    if !file.path.starts_with("orm-core/src/") || file.path.starts_with("orm-core/src/exec/") {
        return Vec::new();
    }
    lines_with(&file.library, ".await").map(|line| format!("{line}: awaits outside exec/")).collect()
}

/// Files outside `compile/dialects` that may name a database, and why.
const NAMES_DATABASES: [(&str, &str); 1] = [("orm-core/src/compile/dialect.rs", "lists the dialects")];

#[test]
fn databases_are_named_only_by_their_dialects() {
    let wrong = ["if dialect == Dialect::Sqlite {}", "mod mysql;", "fn for_postgres() {}", "struct MariaDb;"];
    check("orm-core/src/compile/select.rs", &wrong, database_names);
    for (path, _) in NAMES_DATABASES {
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        let file = File::new("orm-core/src/elsewhere.rs".into(), text);
        assert!(!database_names(&file).is_empty(), "{path} names no database: take it off the list");
    }
}

fn database_names(file: &File) -> Vec<String> {
    const NAMES: [&str; 4] = ["postgres", "mysql", "mariadb", "sqlite"];
    let home = file.path.starts_with("orm-core/src/compile/dialects")
        || NAMES_DATABASES.iter().any(|(path, _)| *path == file.path);
    if home || !file.path.starts_with("orm-core/src/") {
        return Vec::new();
    }
    words(&file.library)
        .filter(|(_, word)| NAMES.iter().any(|name| word.to_lowercase().contains(name)))
        .map(|(line, word)| format!("{line}: `{word}` is for a dialect to know; add a hook or a capability"))
        .collect()
}

#[test]
fn every_file_says_what_it_is() {
    check("src/any.rs", &["use std::fmt;", "\n//! Late.", "// Not for rustdoc."], opening);
}

fn opening(file: &File) -> Vec<String> {
    // A ui case is the user's file: its first line is what the compiler's message shows.
    if file.path.starts_with("tests/ui/") || file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec!["1: does not open with `//!`".into()]
}

#[test]
fn a_module_stands_beside_its_folder() {
    check("orm-core/src/ast/mod.rs", &["//! Anything."], module_files);
}

fn module_files(file: &File) -> Vec<String> {
    // What test binaries share lies in a folder, because each file in `tests/` is a binary.
    let in_tests = file.path.split('/').any(|part| part == "tests");
    if file.path.ends_with("/mod.rs") && !in_tests {
        vec!["1: name it after its folder".into()]
    } else {
        vec![]
    }
}

#[test]
fn files_stay_short() {
    check("src/any.rs", &[&"//\n".repeat(MOST_LINES + 1)], length);
}

const MOST_LINES: usize = 700;

fn length(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines > MOST_LINES {
        vec![format!("{lines}: more than {MOST_LINES} lines; find its ideas")]
    } else {
        vec![]
    }
}

#[test]
fn nothing_is_left_to_do() {
    check("src/any.rs", &["fn f() { todo!() }", "unimplemented!(\"later\")"], unfinished);
}

fn unfinished(file: &File) -> Vec<String> {
    ["todo!", "unimplemented!"]
        .into_iter()
        .flat_map(|mark| lines_with(&file.code, mark).map(move |line| format!("{line}: {mark}")))
        .collect()
}

#[test]
fn no_test_and_no_example_is_ignored() {
    let wrong = ["#[ignore]\nfn f() {}", "#[ignore = \"slow\"]", "/// ```ignore\n", "//! ```rust,ignore\n"];
    check("src/any.rs", &wrong, ignored);
    let markdown = File::new("README.md".into(), "```rust,ignore\n```".into());
    assert!(!ignored(&markdown).is_empty());
    assert_tidy(&files("md"), ignored);
}

fn ignored(file: &File) -> Vec<String> {
    let tests = lines_with(&file.code, "#[ignore").map(|line| format!("{line}: an ignored test"));
    let is_markdown = extension(&file.path) == "md";
    let examples = file.text.lines().enumerate().filter(|(_, line)| {
        let line = line.trim_start();
        let line = if is_markdown { Some(line) } else { line.strip_prefix("//") };
        let fence = line
            .map(|line| line.trim_start_matches(['/', '!', ' ']))
            .and_then(|line| line.strip_prefix("```"));
        fence.is_some_and(|language| language.split(',').any(|word| word.trim() == "ignore"))
    });
    let tests = if is_markdown { Vec::new() } else { tests.collect() };
    tests.into_iter().chain(examples.map(|(at, _)| format!("{}: an ignored example", at + 1))).collect()
}

#[test]
fn nothing_is_unsafe() {
    check("src/any.rs", &["unsafe fn f() {}", "let x = unsafe { *pointer };"], unsafety);
    let workspace = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's Cargo.toml");
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for manifest in files("toml").iter().filter(|file| file.path.ends_with("Cargo.toml")) {
        let obeys = manifest.text.contains("[lints]\nworkspace = true");
        assert!(obeys, "{} does not take the workspace's lints, which forbid unsafe code", manifest.path);
    }
}

fn unsafety(file: &File) -> Vec<String> {
    words(&file.code)
        .filter(|(_, word)| *word == "unsafe")
        .map(|(line, _)| format!("{line}: unsafe"))
        .collect()
}

#[test]
fn paths_in_the_guides_exist() {
    const GUIDES: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
    let wrong = File::new("ARCHITECTURE.md".into(), "In `orm-core/src/nowhere.rs`, `a/` and `b::c`.".into());
    assert_eq!(missing_paths(&wrong).len(), 2);
    let guides: Vec<File> =
        files("md").into_iter().filter(|file| GUIDES.contains(&file.path.as_str())).collect();
    assert_eq!(guides.len(), GUIDES.len(), "a guide is missing");
    assert_tidy(&guides, missing_paths);
}

/// What paths in the guides start from: the root, or the source of a crate that the text is about.
const FOLDERS: [&str; 5] = ["", "orm-core/src", "orm-sqlite/src", "orm-postgres/src", "orm-mysql/src"];

fn missing_paths(file: &File) -> Vec<String> {
    let mut missing = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for span in line.split('`').skip(1).step_by(2).filter(|span| is_path(span)) {
            if !FOLDERS.iter().any(|folder| root().join(folder).join(span).exists()) {
                missing.push(format!("{}: there is no `{span}`", at + 1));
            }
        }
    }
    missing
}

fn is_path(span: &str) -> bool {
    let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c));
    let ends =
        [".rs", ".md", ".toml", ".stderr"].iter().any(|end| span.ends_with(end) && span.len() > end.len());
    plain && (span.contains('/') || ends) && !span.starts_with('/')
}

// ── What the rules read ──────────────────────────────────────────────────────────────────────────────────────────────

/// A file of the tree.
struct File {
    /// From the root of the workspace, with `/`.
    path: String,
    text: String,
    /// The text with comments and the insides of literals blanked out.
    code: String,
    /// The code without its tests.
    library: String,
}

impl File {
    fn new(path: String, text: String) -> Self {
        let code = if extension(&path) == "rs" { code_of(&text) } else { text.clone() };
        let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
        let library = if is_test { String::new() } else { without_tests(&code) };
        File { path, text, code, library }
    }
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, end)| end)
}

/// Shows the rule what is wrong, then the tree.
fn check(path: &str, wrong: &[&str], rule: fn(&File) -> Vec<String>) {
    for text in wrong {
        let found = rule(&File::new(path.to_owned(), (*text).to_owned()));
        assert!(!found.is_empty(), "the rule does not see what is wrong with {text:?}");
    }
    assert_tidy(&files("rs"), rule);
}

fn assert_tidy(files: &[File], rule: fn(&File) -> Vec<String>) {
    assert!(!files.is_empty(), "no files were found");
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| rule(file).into_iter().map(|what| format!("{}:{what}", file.path)))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files of the tree that end so, without what is built or hidden.
fn files(extension: &str) -> Vec<File> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == extension) {
                let text = fs::read_to_string(&path).expect("a readable file");
                let below = path.strip_prefix(root()).expect("a file below the root");
                found.push(File::new(below.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).expect("a readable folder");
    read.map(|entry| entry.expect("a readable entry").path()).collect()
}

/// The names that directly follow `prefix` (also within its braces), with their lines.
fn imports<'a>(code: &'a str, prefix: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    code.match_indices(prefix).filter(|(at, _)| !code[..*at].ends_with(is_word)).flat_map(move |(at, _)| {
        let rest = &code[at + prefix.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => first_names(group),
            None => vec![first_name(rest)],
        };
        names.into_iter().map(move |name| (line_of(code, at), name))
    })
}

/// The first name of each member of a group of imports.
fn first_names(group: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(first_name(group[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(text: &str) -> &str {
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(at, line)| {
        line.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(move |word| (at + 1, word))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The lines on which `what` stands, not as the tail of a longer word.
fn lines_with<'a>(code: &'a str, what: &'a str) -> impl Iterator<Item = usize> {
    let found = code.match_indices(what);
    found
        .filter(|(at, _)| !what.starts_with(is_word) || !code[..*at].ends_with(is_word))
        .map(|(at, _)| line_of(code, at))
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// Blanks comments and the insides of literals; lines stay where they are.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (length, keep) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), false)
        } else if let Some(length) = literal(rest, code.ends_with(is_word)) {
            (length, false)
        } else {
            (c.len_utf8(), true)
        };
        let (token, after) = rest.split_at(length);
        if keep {
            code.push_str(token);
        } else {
            code.extend(token.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    code
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the text or character literal that starts here, if one does.
fn literal(text: &str, within_word: bool) -> Option<usize> {
    let raw = ["r", "br", "cr"].iter().find_map(|prefix| text.strip_prefix(prefix)).filter(|_| !within_word);
    if let Some(rest) = raw {
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        if rest[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = text.len() - rest.len() + hashes + 1;
            return Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()));
        }
    }
    match text.chars().next() {
        Some('"') => Some(closing(text, '"')),
        // A lifetime has no closing quote behind its first character.
        Some('\'') => match text.chars().nth(1) {
            Some('\\') => Some(closing(text, '\'')),
            Some(c) if text[1 + c.len_utf8()..].starts_with('\'') => Some(2 + c.len_utf8()),
            _ => None,
        },
        _ => None,
    }
}

fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut library = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(at);
        let (item, after) = item.split_at(item_length(item));
        library.push_str(before);
        library.extend(item.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    library + rest
}

/// Up to the item's `;`, or to the brace that closes its first one.
fn item_length(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    item.len()
}

#[test]
fn comments_and_literals_are_not_code() {
    let text = "a /* b /* c */ d */ \"e\\\" // f\" r#\"g\" h\"# 'i' '\\'' &'j k // l\nm";
    let code = code_of(text);
    assert_eq!(words(&code).map(|(_, word)| word).collect::<String>(), "ajkm");
    assert_eq!((code.len(), line_of(&code, code.len())), (text.len(), 2));
}

#[test]
fn tests_are_not_the_library() {
    let code = "a\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[cfg(test)]\nmod c;\nd";
    assert_eq!(without_tests(code).split_whitespace().collect::<String>(), "ad");
}
