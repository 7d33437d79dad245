//! The guide in `docs/guide/` is whole: its examples are compiled (`src/guide.rs`), its links lead somewhere, and the names
//! in its table exist.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

#[test]
fn the_guide_is_compiled_as_a_whole() {
    let compiled = read("src/guide.rs");
    let summary = read("docs/guide/src/SUMMARY.md");
    let mut chapters = 0;
    for name in chapters_of_the_guide() {
        let listed = compiled.lines().any(|line| line.trim() == name);
        assert!(listed, "docs/guide/src/{name}.md: its examples are not in src/guide.rs");
        assert!(summary.contains(&format!("({name}.md)")), "docs/guide/src/{name}.md is not in SUMMARY.md");
        for line in read(&format!("docs/guide/src/{name}.md")).lines() {
            let opening = line.strip_prefix("```").unwrap_or_default();
            assert!(
                ["", "rust", "rust,compile_fail", "text", "sh"].contains(&opening),
                "{name}.md: nobody runs a block of `{opening}`"
            );
        }
        chapters += 1;
    }
    assert!(chapters > 10, "the chapters were not found");
}

/// `start.md` is followed to the letter by a test of its own.
#[test]
fn compile_errors_in_the_guide_are_the_compilers() {
    let mut checked = 0;
    for name in chapters_of_the_guide().iter().filter(|name| *name != "start") {
        let text = read(&format!("docs/guide/src/{name}.md"));
        for (before, message) in text.split("\n```text\n").zip(text.split("\n```text\n").skip(1)) {
            let message = message.split("\n```").next().unwrap_or_default();
            if !message.starts_with("error") {
                continue;
            }
            let said = before.rsplit("\n\n").find(|paragraph| !paragraph.is_empty()).unwrap_or_default();
            let source = said.split('`').find(|code| code.ends_with(".stderr"));
            let source = source.unwrap_or_else(|| panic!("{name}.md: of which file of tests/ui? {message}"));
            let real = read(source);
            let mut left = real.lines();
            for line in message.lines() {
                assert!(left.any(|real| real == line), "{name}.md: {source} has no {line:?}");
            }
            checked += 1;
        }
    }
    assert!(checked >= 3, "the messages were not found");
}

#[test]
fn links_of_the_guide_lead_to_chapters_and_headings() {
    for name in chapters_of_the_guide() {
        let text = read(&format!("docs/guide/src/{name}.md"));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            if file.starts_with("images/") {
                let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/src").join(file);
                assert!(picture.is_file(), "{name}.md: there is no `{link}`");
                continue;
            }
            let target = if file.is_empty() { text.clone() } else { read(&format!("docs/guide/src/{file}")) };
            let found =
                heading.is_empty() || target.lines().any(|line| anchor(line).as_deref() == Some(heading));
            assert!(found, "{name}.md: there is no `{link}`");
        }
    }
}

/// What mdBook calls a heading in links.
fn anchor(line: &str) -> Option<String> {
    let (_, heading) = line.strip_prefix('#')?.split_once("# ").unwrap_or_default();
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

#[test]
fn the_names_in_the_tables_from_other_libraries_exist() {
    let library =
        ["orm-core/src", "orm-derive/src", "src"].map(|folder| sources(folder).join("\n")).join("\n");
    let declared = declared(&library);
    let mut checked = 0;
    for chapter in ["django.md", "from_seaorm_diesel_sqlx.md"] {
        let text = read(&format!("docs/guide/src/{chapter}"));
        for row in text.lines().filter(|line| line.starts_with("| ")) {
            let row = row.replace("\\|", "/");
            for code in row.split('|').nth(2).unwrap_or_default().split('`').skip(1).step_by(2) {
                for name in called(code) {
                    assert!(declared.contains(name), "{chapter}: there is no `{name}`, in {row}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 200, "only {checked} names were found");
}

#[test]
fn tests_that_tell_databases_apart_point_at_a_difference() {
    let differences = read("docs/guide/src/differences.md");
    let mut pointers = 0;
    for text in sources("tests/suite") {
        for pointer in text.lines().filter_map(|line| line.split_once("// docs/guide/src/differences.md: ")) {
            assert!(
                differences.contains(&format!("\n| {}", pointer.1)),
                "no difference is called {:?}",
                pointer.1
            );
            pointers += 1;
        }
    }
    assert!(pointers > 10, "only {pointers} tests point at a difference");
}

#[test]
fn tests_named_in_the_catalogue_of_failures_exist() {
    let folders = [
        "tests/suite",
        "tests/sql",
        "orm-core/src",
        "orm-sqlite/tests",
        "orm-postgres/tests",
        "orm-mysql/tests",
    ];
    let library = folders.map(|folder| sources(folder).join("\n")).join("\n");
    let catalogue = read("docs/reliability.md");
    let mut checked = 0;
    for row in catalogue.lines().filter(|line| line.starts_with("| ")) {
        for name in row.split('|').nth(3).unwrap_or_default().split('`').skip(1).step_by(2) {
            assert!(library.contains(&format!("fn {name}(")), "reliability.md: there is no test `{name}`");
            checked += 1;
        }
    }
    assert!(checked > 90, "only {checked} tests were found");
    for name in library.split("fn ").skip(1).filter_map(|rest| rest.split('(').next()) {
        if let Some(number) = number_of(name) {
            let its_row = format!("| {} |", number.to_uppercase());
            let is_listed = |row: &str| row.starts_with(&its_row) && row.contains(&format!("`{name}`"));
            assert!(catalogue.lines().any(is_listed), "reliability.md: `{name}` is missing in {its_row}");
        }
    }
}

/// The number of a scenario that a test is named by: `d10` of `d10_a_statement`.
fn number_of(test: &str) -> Option<&str> {
    let (number, _) = test.split_once('_')?;
    let digits = number.strip_prefix(|letter| ('a'..='h').contains(&letter))?;
    // `f64` is none.
    (digits.parse::<u8>().ok()? <= 20).then_some(number)
}

/// Functions and types, also those that a macro makes: the names stand first in the lines where they are listed.
fn declared(library: &str) -> HashSet<&str> {
    let mut names = HashSet::new();
    for line in library.lines() {
        // The options of the derives stand in lists of texts.
        let line = line.trim_start().trim_start_matches('"');
        let item = ["pub fn ", "pub const fn ", "pub struct ", "fn "]
            .iter()
            .find_map(|kind| line.strip_prefix(kind));
        let rest = item.unwrap_or(line);
        let end =
            rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        if item.is_some() || [':', ';', '"'].iter().any(|end| behind.starts_with(*end)) {
            names.insert(name);
        }
    }
    names
}

/// The names in front of parentheses; what has one letter only stands for something.
fn called(code: &str) -> Vec<&str> {
    // The derives themselves are exported under other names.
    let mut parts: Vec<&str> = code.trim_start_matches("#[derive").split('(').collect();
    // Behind the last parenthesis nothing is called.
    parts.pop();
    let without_types = parts.into_iter().map(|part| {
        if part.ends_with('>') { part.rsplit_once("::<").map_or("", |(name, _)| name) } else { part }
    });
    without_types
        .filter_map(|part| {
            part.rsplit(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter))).next()
        })
        .map(|name| name.strip_prefix("orm::").unwrap_or(name))
        // `TimeDelta::days` is another crate's.
        .filter(|name| name.len() > 1 && name.starts_with(|letter: char| letter.is_lowercase()))
        .collect()
}

fn chapters_of_the_guide() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/src");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names
        .filter_map(|name| Some(name.strip_suffix(".md")?.to_owned()))
        .filter(|name| name != "SUMMARY")
        .collect()
}

/// The texts of all files in a folder.
fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match fs::read_to_string(entry.path()) {
                Ok(text) => found.push(text),
                Err(_) => left.push(entry.path()),
            }
        }
    }
    found
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
