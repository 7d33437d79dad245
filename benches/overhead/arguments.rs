//! The command line.

use crate::workload::Workload;

pub const USAGE: &str = "usage: cargo bench --bench overhead|relations -- [--db sqlite,postgres,mariadb,mysql] \
                         [--json] [--quick] [--filter name] [--rounds n] [--threads n] [--only raw|orm] [--times n]";

/// A database that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Sqlite,
    Postgres,
    MariaDb,
    MySql,
}

impl Target {
    /// Its name in the output.
    pub fn key(self) -> &'static str {
        match self {
            Target::Sqlite => "sqlite",
            Target::Postgres => "postgres",
            Target::MariaDb => "mariadb",
            Target::MySql => "mysql",
        }
    }

    /// The variable that says where its server is; SQLite needs none.
    pub fn url_variable(self) -> Option<&'static str> {
        match self {
            Target::Sqlite => None,
            Target::Postgres => Some("ORM_TEST_POSTGRES_URL"),
            Target::MariaDb => Some("ORM_TEST_MARIADB_URL"),
            Target::MySql => Some("ORM_TEST_MYSQL_URL"),
        }
    }

    /// Whether its server is given, if it needs one.
    pub fn has_server(self) -> bool {
        self.url_variable().is_none_or(|variable| std::env::var_os(variable).is_some())
    }
}

/// Who takes part: one alone is for profilers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    Raw,
    Orm,
}

pub struct Arguments {
    pub databases: Vec<Target>,
    pub json: bool,
    pub rounds: usize,
    pub filter: Option<String>,
    /// Worker threads of the runtime; 0 is a runtime on the calling thread.
    pub threads: usize,
    pub only: Option<Only>,
    /// Operations in a turn, for counting instructions; otherwise as many as fill it.
    pub times: Option<u32>,
}

impl Arguments {
    /// What the command line asks for; `None` when cargo only tries whether the program starts.
    pub fn from_command_line() -> Result<Option<Self>, String> {
        let mut parsed = Arguments {
            databases: Vec::new(),
            json: false,
            rounds: 80,
            filter: None,
            threads: 0,
            only: None,
            times: None,
        };
        let mut names = "sqlite".to_owned();
        let mut is_bench = false;
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                // `cargo bench` adds it, `cargo test --all-targets` does not.
                "--bench" => is_bench = true,
                "--db" => names = value()?,
                "--json" => parsed.json = true,
                "--quick" => parsed.rounds = 20,
                "--filter" => parsed.filter = Some(value()?),
                "--rounds" => parsed.rounds = number::<usize>(&value()?)?.max(1),
                "--threads" => parsed.threads = number(&value()?)?,
                "--times" => parsed.times = Some(number(&value()?)?),
                "--only" => {
                    parsed.only = Some(match value()?.as_str() {
                        "raw" => Only::Raw,
                        "orm" => Only::Orm,
                        other => return Err(format!("`{other}` is neither `raw` nor `orm`")),
                    });
                }
                other => return Err(format!("unknown argument `{other}`")),
            }
        }
        parsed.databases = databases(&names)?;
        if parsed.workloads().next().is_none() {
            return Err("no workload has that in its name".to_owned());
        }
        Ok(is_bench.then_some(parsed))
    }

    /// The workloads asked for.
    pub fn workloads(&self) -> impl Iterator<Item = Workload> {
        let filter = self.filter.as_deref().unwrap_or_default();
        Workload::ALL.into_iter().filter(move |workload| workload.name().contains(filter))
    }
}

fn databases(names: &str) -> Result<Vec<Target>, String> {
    let names: Vec<&str> = names.split(',').collect();
    let only_mysql = Target::MySql.has_server() && !Target::MariaDb.has_server();
    let mut databases = Vec::new();
    for name in &names {
        let db = match *name {
            "sqlite" => Target::Sqlite,
            "postgres" => Target::Postgres,
            "mysql" if only_mysql || names.contains(&"mariadb") => Target::MySql,
            "mysql" | "mariadb" => Target::MariaDb,
            other => return Err(format!("unknown database `{other}`")),
        };
        if !databases.contains(&db) {
            databases.push(db);
        }
    }
    Ok(databases)
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}
