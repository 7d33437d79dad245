//! Crates of somebody else's, built and run as their owners would: `#[orm::test]` in one that depends on nothing but `orm`,
//! and the guide's first chapter.

#[path = "testing_crate/first_hour.rs"]
mod first_hour;

use std::fs;
use std::path::Path;
use std::process::Command;

const LIBRARY: &str = r#"
use orm::prelude::*;

#[derive(Model, Debug)]
pub struct Guest {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30, unique)]
    pub name: String,
    #[field(auto_now_add)]
    pub invited: DateTime<Utc>,
}

pub fn models() -> Vec<orm::model::ModelEntry> {
    models![Guest].to_vec()
}

pub async fn invite(db: &orm::AnyDatabase, name: &str) -> orm::Result<Guest> {
    db.atomic(async |tx| Guest::objects().create(tx, |g| g.name(name)).await).await
}

#[cfg(test)]
mod tests {
    use orm::testing::{Factory, TestDatabase};

    use super::*;

    #[derive(orm::Factory)]
    #[factory(Guest)]
    struct GuestFactory {
        #[factory(sequence = |n| format!("guest {n}"))]
        name: String,
    }

    async fn bob(db: &orm::AnyDatabase) -> orm::Result<()> {
        invite(db, "bob").await.map(drop)
    }

    #[orm::test(models = models())]
    async fn rolled_back(db: TestDatabase) -> orm::Result<()> {
        invite(&db, "eve").await?;
        assert!(invite(&db, "eve").await.is_err_and(|error| error.is_unique_violation()));
        GuestFactory::new().create(&db).await?;
        assert_eq!(assert_queries!(1, Guest::objects().count(&db))?, 2);
        Ok(())
    }

    #[orm::test(models = [Guest], isolated, worker_threads = 2)]
    async fn isolated(db: &orm::AnyDatabase) -> Result<(), Box<dyn std::error::Error>> {
        invite(db, "eve").await?;
        assert_eq!(Guest::objects().count(db).await?, 1);
        Ok(())
    }

    #[orm::test(models = [Guest], setup = bob)]
    async fn filled(db: orm::AnyDatabase) {
        assert_eq!(Guest::objects().get(&db).await.map(|guest| guest.name).ok().as_deref(), Some("bob"));
    }

    #[orm::test(models = [Guest])]
    #[should_panic(expected = "no `Guest` matches")]
    async fn fails(db: TestDatabase) -> orm::Result<()> {
        Guest::objects().get(&db).await.map(drop)
    }
}
"#;

#[test]
fn a_crate_with_nothing_but_orm_has_async_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a temporary directory");
    let manifest = format!(
        "[package]\nname = \"guests\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         orm = {{ path = {root:?} }}\n"
    );
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    };
    write("Cargo.toml", &manifest);
    write("src/lib.rs", LIBRARY);
    // The versions that are here already, and a place for what is built that stays.
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a lock file");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    let ran = Command::new(env!("CARGO"))
        .args(["test", "--lib", "--offline"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env_remove("ORM_TEST_URL")
        .output()
        .expect("cargo runs");
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{out}\n{err}");
    assert!(out.contains("4 passed"), "{out}");
    let complaint = err.lines().find(|line| line.starts_with("warning: ") && !line.contains("tmp"));
    assert_eq!(complaint, None, "{err}");
}
