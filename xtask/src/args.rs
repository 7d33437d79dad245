//! The command line.

use clap::{Args as Group, Parser, Subcommand, ValueEnum};

/// Development tasks of orm.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = false)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Task {
    /// Check formatting, lints, licences and documentation, then run all tests on private servers.
    Test(TestArgs),
    /// What the build machine runs: `.ci/run`.
    Ci,
    /// Accept the compiler's present messages as those that the ui tests expect.
    Bless(BlessArgs),
    /// Ask Django and orm the same on the same rows, and compare the answers.
    Django(DjangoArgs),
    /// Run the benchmarks on private servers.
    Bench(BenchArgs),
    /// Measure how long crates of 1, 10 and 50 models take to compile.
    CompileTime(CompileTimeArgs),
    /// Put `examples/shop` and Django under the load of thousands of clients, one after the other.
    Load(LoadArgs),
    /// Start private database servers; run a command beside them, or stay until Ctrl-C.
    Servers(ServersArgs),
    /// Outlives a killed xtask just long enough to stop its servers; started by xtask itself.
    #[command(hide = true)]
    Caretaker,
}

/// A database that the tests know.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Db {
    Sqlite,
    Postgres,
    Mariadb,
    Mysql,
}

impl Db {
    /// The variable that tells the tests where this database is; SQLite needs none.
    pub(crate) fn url_variable(self) -> Option<&'static str> {
        match self {
            Db::Sqlite => None,
            Db::Postgres => Some("ORM_TEST_POSTGRES_URL"),
            Db::Mariadb => Some("ORM_TEST_MARIADB_URL"),
            Db::Mysql => Some("ORM_TEST_MYSQL_URL"),
        }
    }

    /// The variable that gives the tests a server of this database that they may kill: its URL, `#`, and the file that has the
    /// number of its process.
    pub(crate) fn killable_variable(self) -> Option<&'static str> {
        match self {
            Db::Sqlite => None,
            Db::Postgres => Some("ORM_TEST_POSTGRES_KILLABLE"),
            Db::Mariadb => Some("ORM_TEST_MARIADB_KILLABLE"),
            Db::Mysql => Some("ORM_TEST_MYSQL_KILLABLE"),
        }
    }

    /// How the command line spells it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Db::Sqlite => "sqlite",
            Db::Postgres => "postgres",
            Db::Mariadb => "mariadb",
            Db::Mysql => "mysql",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Db::Sqlite => "SQLite",
            Db::Postgres => "PostgreSQL",
            Db::Mariadb => "MariaDB",
            Db::Mysql => "MySQL",
        }
    }
}

/// Which databases take part.
#[derive(Group, Debug, Clone)]
pub(crate) struct Databases {
    /// Databases that take part [default: sqlite,postgres,mariadb; on CI mysql too]
    #[arg(long, value_delimiter = ',', value_enum)]
    db: Vec<Db>,
    /// MySQL too, which is fetched into a cache folder (0.9 GB) when it is not on this machine
    #[arg(long)]
    mysql: bool,
}

impl Databases {
    /// The databases asked for, each once.
    pub(crate) fn selected(&self) -> Vec<Db> {
        let mut selected = self.db.clone();
        if selected.is_empty() {
            selected = vec![Db::Sqlite, Db::Postgres, Db::Mariadb];
            if on_ci() {
                selected.push(Db::Mysql);
            }
        }
        if self.mysql {
            selected.push(Db::Mysql);
        }
        selected.sort();
        selected.dedup();
        selected
    }
}

/// Whether this is a build machine, where tools may be installed without asking.
pub(crate) fn on_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

#[derive(Group, Debug)]
pub(crate) struct ServersArgs {
    #[command(flatten)]
    pub(crate) databases: Databases,
    /// Besides, servers that tests kill, and that come back
    #[arg(long)]
    pub(crate) killable: bool,
    /// A command to run with the variables of the tests set: `ORM_TEST_…_URL`
    #[arg(last = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Group, Debug)]
pub(crate) struct TestArgs {
    #[command(flatten)]
    pub(crate) databases: Databases,
    /// Only the tests: no formatting, clippy, cargo-deny, documentation
    #[arg(long)]
    pub(crate) no_lint: bool,
    /// Arguments for `cargo test`; after a second `--`, for the test programs
    #[arg(last = true)]
    pub(crate) cargo: Vec<String>,
}

#[derive(Group, Debug)]
pub(crate) struct BlessArgs {
    /// Arguments for the ui tests, such as a filter
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

#[derive(Group, Debug)]
pub(crate) struct DjangoArgs {
    /// Databases that are asked: sqlite, postgres
    #[arg(long, value_delimiter = ',', value_enum, default_values_t = [Db::Sqlite, Db::Postgres])]
    pub(crate) db: Vec<Db>,
    /// Only scenarios whose name contains this, such as `windows.`
    #[arg(default_value = "")]
    pub(crate) filter: String,
}

#[derive(Group, Debug)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    pub(crate) databases: Databases,
    /// Which: single statements, the loading of related rows, or bulk writes and transactions
    #[arg(long, default_value = "overhead", value_parser = ["overhead", "relations", "bulk"])]
    pub(crate) bench: String,
    /// Arguments for the benchmark
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

#[derive(Group, Debug)]
pub(crate) struct CompileTimeArgs {
    /// Sizes of the crates, in models
    #[arg(long, value_delimiter = ',', default_values_t = [1, 10, 50], value_parser = clap::value_parser!(u16).range(1..=500))]
    pub(crate) models: Vec<u16>,
    /// How often each is measured; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=99))]
    pub(crate) rounds: u16,
    /// The settings that they are built with
    #[arg(long, value_enum, default_value_t = Profile::Plain)]
    pub(crate) profile: Profile,
    /// Write the crates into this folder, which must not exist, and do not measure
    #[arg(long, value_name = "FOLDER")]
    pub(crate) generate: Option<std::path::PathBuf>,
}

/// How a user's workspace is set.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As cargo makes a workspace
    Plain,
    /// As the README advises for quick builds
    Light,
}

/// A service that is put under load.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    Shop,
    Django,
}

#[derive(Group, Debug)]
pub(crate) struct LoadArgs {
    /// Numbers of clients that are held at the same time, each measured by itself
    #[arg(long, value_delimiter = ',', default_values_t = [1000, 5000], value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub(crate) clients: Vec<u32>,
    /// How long each is measured
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) seconds: u32,
    /// How long the clients are held before that, in seconds
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) warm_up: u32,
    /// Only one of the two
    #[arg(long, value_enum)]
    pub(crate) only: Option<Contender>,
}
