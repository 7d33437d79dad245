//! `cargo xtask load`: `examples/shop` under the load of many clients, and the same page by Django beside it.
//!
//! Both serve the same rows of one private PostgreSQL, through 20 connections, one after the other. Each number of
//! clients meets a service started for it alone, so that memory and connections are its own.

mod descriptors;
mod generator;
mod page;
mod report;
mod service;
mod usage;

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::args::{Contender, LoadArgs};
use crate::cargo::cargo;
use crate::directory::{self, Directory};
use crate::process::{self, OnInterrupt};
use crate::steps::announce;
use crate::{program, python, servers};

use self::generator::{Generator, Load};
use self::report::Row;
use self::service::{Kind, Service};
use self::usage::Processes;

/// Connections to PostgreSQL that each contender may hold.
const POOL: u32 = 20;

/// It counts the new rows within a moment, so that all queries meet the same plans.
const POSTGRES: [&str; 1] = ["autovacuum_naptime=1"];

/// What is asked for.
const PAGE: &str = "/posts/recent";

pub(crate) fn run(options: &LoadArgs) -> Result<ExitCode> {
    let most = options.clients.iter().copied().max().unwrap_or_default();
    descriptors::allow(u64::from(most))?;
    let generator = Generator::get()?;
    let mut versions = vec![rust_version()];
    // It makes the rows for Django too.
    let shop = Kind::Shop { program: build_shop()? };
    let mut contenders = Vec::new();
    if options.only != Some(Contender::Django) {
        contenders.push(shop.clone());
    }
    if options.only != Some(Contender::Shop) {
        let python = python::with_django()?;
        versions.extend(python::versions(&python)?);
        contenders.push(Kind::Django { python });
    }
    let postgres = servers::private_postgres(&POSTGRES)?;
    versions.extend([postgres.version().to_owned(), generator.version().to_owned()]);
    let home = Directory::new(&directory::temporary())?;
    let expected = shop.seed(postgres.url(), home.path())?;

    let mut rows = Vec::new();
    for kind in &contenders {
        for &clients in &options.clients {
            let service = Service::start(kind, postgres.url(), home.path())?;
            page::compare(&expected, &service.get()?)
                .with_context(|| format!("{} does not answer as examples/shop does", kind.name()))?;
            eprintln!("xtask: {} with {clients} clients", kind.name());
            let load = Load {
                url: service.url(),
                port: service.port(),
                clients,
                warm_up: Duration::from_secs(options.warm_up.into()),
                time: Duration::from_secs(options.seconds.into()),
                folder: home.path(),
            };
            let processes = [Processes::of(service.pid()), Processes::of(postgres.pid())];
            let row = Row { name: kind.name(), clients, measured: generator.run(&load, processes)? };
            eprintln!("{row}");
            rows.push(row);
        }
    }
    println!("{}", report::markdown(&rows, options, &versions));
    let mut code = ExitCode::SUCCESS;
    for row in &rows {
        if let Some(complaint) = row.complaint() {
            eprintln!("xtask: {complaint}");
            // How Django fares is worth a remark; how the shop does is what this task is to find out.
            if row.name == shop.name() {
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn build_shop() -> Result<std::path::PathBuf> {
    let mut command = cargo();
    command.args(["build", "--release", "--package", "shop"]);
    announce(&command);
    if !process::run(&mut command, OnInterrupt::End)?.success() {
        bail!("examples/shop does not compile");
    }
    // Once more, with nothing left to do, to be told where the program is.
    let messages =
        process::run_quietly(command.args(["--quiet", "--message-format", "json"]), OnInterrupt::End)?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "shop")
        .find_map(|message| message["executable"].as_str().map(Into::into))
        .context("cargo does not say where the program `shop` is")
}

fn rust_version() -> String {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.current_dir(crate::cargo::workspace());
    let version = program::version(&mut rustc);
    version.split(" (").next().unwrap_or_default().to_owned()
}
