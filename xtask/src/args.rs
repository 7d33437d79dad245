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
    /// A command to run with the variables of the tests set: `ORM_TEST_…_URL`
    #[arg(last = true)]
    pub(crate) command: Vec<String>,
}
