//! The guide's first chapter, followed to the letter in an empty directory: what it shows is what a newcomer sees.
//!
//! Of the chapter's text three things are instructions: a block of Rust is written to the file that the paragraph before it
//! names, or added "at the end of" it; "In `file`, change `this` to `that`" does so; a block of `sh` is run. A block of
//! `text` is what the command before it has printed, where a line `…` stands for any number of lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The path by which the chapter adds `orm`.
const PATH: &str = "../orm";

#[test]
fn the_first_chapter_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let chapter = fs::read_to_string(root.join("docs/guide/src/start.md")).expect("the chapter");
    let home = tempfile::tempdir().expect("a temporary directory");
    let mut reader = Reader { folder: home.path().to_owned(), told: String::new(), ran: None };
    let (mut files, mut commands, mut changes, mut outputs) = (0, 0, 0, 0);
    for part in parts(&chapter) {
        match part {
            Part::Text(paragraph) => {
                changes += usize::from(reader.reads(&paragraph));
            }
            Part::Block("rust", lines) => {
                reader.writes(&lines);
                files += 1;
            }
            Part::Block("sh", lines) => {
                commands += lines.len();
                for line in &lines {
                    reader.runs(line);
                }
            }
            Part::Block("text", lines) => {
                reader.compares(&lines);
                outputs += 1;
            }
            Part::Block(kind, _) => panic!("what is a newcomer to do with a block of `{kind}`?"),
        }
    }
    reader.has_succeeded();
    assert!(files >= 3 && commands >= 10 && changes >= 2 && outputs >= 5, "the chapter was not found out");
}

/// Who follows the chapter.
struct Reader {
    folder: PathBuf,
    /// The paragraph read last.
    told: String,
    /// The last command, until its output was looked at.
    ran: Option<Ran>,
}

struct Ran {
    line: String,
    succeeded: bool,
    out: String,
    err: String,
}

impl Reader {
    /// Reads a paragraph, and does what it says; true if that was something.
    fn reads(&mut self, paragraph: &str) -> bool {
        paragraph.clone_into(&mut self.told);
        let Some((_, said)) = paragraph.split_once("In `src/") else { return false };
        let code: Vec<&str> = said.split('`').collect();
        let [file, ", change ", from, " to ", to, ..] = code[..] else { return false };
        let path = self.folder.join("src").join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert_eq!(text.matches(from).count(), 1, "`{from}` is not one place in {file}");
        fs::write(path, text.replace(from, to)).expect("the file is written");
        true
    }

    fn writes(&self, lines: &[&str]) {
        let file = self.told.split('`').find(|code| code.starts_with("src/"));
        let file = file.unwrap_or_else(|| panic!("where does this go? {:?}", self.told));
        let path = self.folder.join(file);
        // What is hidden from readers is there for the documentation test alone.
        let shown: Vec<&str> =
            lines.iter().copied().filter(|line| *line != "#" && !line.starts_with("# ")).collect();
        let mut text = shown.join("\n") + "\n";
        if self.told.contains("at the end of") {
            text = fs::read_to_string(&path).expect("the file is there") + "\n" + &text;
        }
        fs::write(path, text).expect("the file is written");
    }

    fn runs(&mut self, line: &str) {
        self.has_succeeded();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let words = words(line);
        let (program, arguments) = words.split_first().expect("a command");
        if program == "cd" {
            self.folder.push(&arguments[0]);
            return;
        }
        assert_eq!(program, "cargo", "the test cannot run `{line}`");
        let lock = fs::read_to_string(root.join("Cargo.lock")).expect("a lock file");
        if self.folder.join("Cargo.toml").exists() {
            // The versions that are here already.
            fs::write(self.folder.join("Cargo.lock"), &lock).expect("a lock file is written");
        }
        let path = root.to_str().expect("a path of text");
        let arguments = arguments.iter().enumerate().map(|(at, word)| match (&arguments[0][..], &word[..]) {
            ("add", PATH) => path.to_owned(),
            ("add", name) if at == 1 && !arguments.iter().any(|word| word == PATH) => locked(&lock, name),
            _ => word.clone(),
        });
        let ran = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            // A place for what is built that stays, the same as that of the test beside this one.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests"))
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env_remove("ORM_TEST_URL")
            .env_remove("RUST_BACKTRACE")
            .output()
            .expect("cargo runs");
        self.ran = Some(Ran {
            line: line.to_owned(),
            succeeded: ran.status.success(),
            out: String::from_utf8_lossy(&ran.stdout).into_owned(),
            err: String::from_utf8_lossy(&ran.stderr).into_owned(),
        });
    }

    /// A command whose output is not shown, or shows no error, succeeds, and the compiler has nothing to say.
    fn has_succeeded(&mut self) {
        if let Some(Ran { line, succeeded, out, err }) = self.ran.take() {
            assert!(succeeded, "`{line}`:\n{out}\n{err}");
            assert!(!err.contains("warning: "), "`{line}`:\n{err}");
        }
    }

    fn compares(&mut self, shown: &[&str]) {
        let ran = self.ran.as_ref().expect("a command before the output");
        let is_error = shown[0].starts_with("error") || shown[0].starts_with("Error");
        let printed = if is_error { &ran.err } else { &ran.out };
        // The compiler indents by the longest number of a line, which may be one of `orm`'s.
        let spaced = |line: &&str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = printed.lines().map(|line| spaced(&line)).collect();
        let mut rest = &lines[..];
        for chunk in shown.split(|line| *line == "…") {
            let chunk: Vec<String> = chunk.iter().map(spaced).collect();
            let at = rest.windows(chunk.len().max(1)).position(|lines| chunk.is_empty() || lines == chunk);
            let Some(at) = at else {
                panic!("`{}` printed:\n{printed}\nnot:\n{}", ran.line, shown.join("\n"))
            };
            rest = &rest[at + chunk.len()..];
        }
        if is_error {
            assert!(!ran.succeeded, "`{}` succeeded", ran.line);
            self.ran = None;
        }
        self.has_succeeded();
    }
}

/// The words of a command: what is in quotes is one.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    let words = quoted.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// A package in the version of the lock file, because there may be a newer one of which not all is here.
fn locked(lock: &str, name: &str) -> String {
    let version = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
    let version = version.and_then(|rest| rest.split('"').next());
    format!("{name}@{}", version.unwrap_or_else(|| panic!("`{name}` is not in Cargo.lock")))
}

enum Part<'a> {
    Text(String),
    Block(&'a str, Vec<&'a str>),
}

/// The paragraphs and blocks of a chapter, in their order.
fn parts(chapter: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = chapter.lines();
    while let Some(line) = lines.next() {
        let block = line.strip_prefix("```");
        if (line.is_empty() || block.is_some()) && !paragraph.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut paragraph).join(" ")));
        }
        if let Some(kind) = block {
            parts.push(Part::Block(kind, lines.by_ref().take_while(|line| *line != "```").collect()));
        } else if !line.is_empty() {
            paragraph.push(line);
        }
    }
    parts
}
