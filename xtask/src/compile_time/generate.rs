//! The crates that `compile-time` measures: a module per model, ten fields and three typed queries each. Of each size there is
//! one crate with both, and one with the queries alone, whose models are a crate of their own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::args::Profile;
use crate::cargo;

/// The crate without models: what it builds are the dependencies.
pub(super) const EMPTY: &str = "models-0";

pub(super) fn crate_name(models: u16) -> String {
    format!("models-{models}")
}

/// The crate with the queries alone.
pub(super) fn queries_name(models: u16) -> String {
    format!("queries-{models}")
}

/// The crate that has their models.
fn schema_name(models: u16) -> String {
    format!("schema-{models}")
}

/// The file of one model, from the folder of the crates.
pub(super) fn file(name: &str, number: u16) -> PathBuf {
    Path::new(name).join("src").join(format!("{}.rs", module(number)))
}

fn module(number: u16) -> String {
    format!("product_{number}")
}

/// Writes a workspace with a crate of each size.
pub(super) fn workspace(folder: &Path, sizes: &[u16], profile: Profile) -> Result<()> {
    let orm = cargo::workspace();
    let settings = match profile {
        Profile::Plain => String::new(),
        Profile::Light => {
            let [manifest, configuration] = advised(&fs::read_to_string(orm.join("README.md"))?)?;
            fs::create_dir(folder.join(".cargo"))?;
            fs::write(folder.join(".cargo").join("config.toml"), configuration)?;
            manifest
        }
    };
    let manifest_of_all = format!(
        "[workspace]\nmembers = [\"models-*\", \"queries-*\", \"schema-*\"]\nresolver = \"3\"\n{settings}"
    );
    fs::write(folder.join("Cargo.toml"), manifest_of_all)?;
    // The same versions as the workspace has; nothing is looked up.
    fs::copy(orm.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let write = |name: &str, count: u16, other: Option<&str>, source: fn(u16) -> String| -> Result<()> {
        let home = folder.join(name);
        fs::create_dir_all(home.join("src"))?;
        fs::write(home.join("Cargo.toml"), manifest(name, &orm, other))?;
        fs::write(home.join("src/lib.rs"), library(count))?;
        for number in 0..count {
            fs::write(folder.join(file(name, number)), source(number))?;
        }
        Ok(())
    };
    write(EMPTY, 0, None, model)?;
    for &size in sizes {
        let schema = schema_name(size);
        write(&crate_name(size), size, None, both)?;
        write(&schema, size, None, model)?;
        write(&queries_name(size), size, Some(&schema), apart)?;
    }
    Ok(())
}

/// The settings that the README advises for quick builds: those of the manifest, and those of cargo.
fn advised(readme: &str) -> Result<[String; 2]> {
    let section =
        readme.split_once("\n## Quick builds\n").and_then(|(_, section)| section.split("\n## ").next());
    let mut blocks = section
        .into_iter()
        .flat_map(|section| section.split("\n```toml\n").skip(1))
        .filter_map(|block| block.split_once("\n```"))
        .map(|(settings, _)| format!("{settings}\n"));
    let both = blocks.next().zip(blocks.next());
    both.map(Into::into).context("the README has no settings for quick builds")
}

fn manifest(name: &str, orm: &Path, other: Option<&str>) -> String {
    // A path may hold a quote or a backslash; Rust's spelling of a string is TOML's too.
    let orm = format!("{:?}", orm.display().to_string());
    let other = other.map_or(String::new(), |other| {
        format!("schema = {{ path = \"../{other}\", package = \"{other}\" }}\n")
    });
    format!(
        r#"[package]
name = "{name}"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
orm = {{ path = {orm}, default-features = false, features = ["sqlite"] }}
chrono = {{ version = "0.4", default-features = false, features = ["std", "clock"] }}
rust_decimal = {{ version = "1", default-features = false, features = ["std"] }}
uuid = {{ version = "1", default-features = false, features = ["std"] }}
{other}"#
    )
}

fn library(size: u16) -> String {
    let modules: Vec<String> = (0..size).map(|number| format!("pub mod {};", module(number))).collect();
    format!("pub type Database = orm::Database<orm::sqlite::Sqlite>;\n\n{}\n", modules.join("\n"))
}

const LIMIT: &str = ".limit(";

/// The source of a model with another number in its query.
pub(super) fn with_limit(source: &str, limit: u16) -> String {
    let Some((before, rest)) = source.split_once(LIMIT) else {
        return source.to_owned();
    };
    let after = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    format!("{before}{LIMIT}{limit}{after}")
}

fn both(number: u16) -> String {
    model(number) + &queries(number)
}

/// Queries whose model is in another crate.
fn apart(number: u16) -> String {
    let uses = format!(
        "use orm::prelude::*;\nuse rust_decimal::Decimal;\nuse schema::{}::Product{number};\n",
        module(number)
    );
    uses + &queries(number)
}

fn model(number: u16) -> String {
    format!(
        "use chrono::{{DateTime, Utc}};
use orm::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Model, Debug, Clone)]
pub struct Product{number} {{
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 150)]
    pub name: String,
    #[field(max_length = 2000)]
    pub description: Option<String>,
    pub active: bool,
    pub stock: i32,
    pub weight: f64,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    pub created_at: DateTime<Utc>,
    pub parent_id: Option<i64>,
    pub token: Uuid,
}}
"
    )
}

/// A model's queries.
fn queries(number: u16) -> String {
    format!(
        "
pub async fn search(db: &crate::Database, least: Decimal, text: &str) -> orm::Result<Vec<Product{number}>> {{
    Product{number}::objects()
        .filter(|p| p.price.gt(least) & p.name.icontains(text) & p.active.eq(true))
        .order_by(|p| p.id.desc())
        .limit(20)
        .all(db)
        .await
}}

pub async fn is_short(db: &crate::Database) -> orm::Result<bool> {{
    let sold_out = Product{number}::objects().filter(|p| p.stock.le(0) | p.description.is_null()).count(db).await?;
    Ok(sold_out > 10)
}}

pub async fn by_key(db: &crate::Database, id: i64) -> orm::Result<Product{number}> {{
    Product{number}::objects().pk(id).get(db).await
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_advises_settings() -> Result<()> {
        let [manifest, configuration] = advised(&fs::read_to_string(cargo::workspace().join("README.md"))?)?;
        assert!(manifest.starts_with("[profile.dev]\n") && manifest.ends_with('\n'), "{manifest}");
        assert!(configuration.starts_with("[env]\n") && configuration.ends_with('\n'), "{configuration}");
        assert!(![manifest, configuration].concat().contains("```"));
        Ok(())
    }

    #[test]
    fn an_edit_changes_the_limit_alone() {
        let source = queries(3);
        let edited = with_limit(&source, 77);
        assert!(edited.contains(".limit(77)\n"), "{edited}");
        assert_eq!(with_limit(&edited, 20), source);
    }
}
