//! A private PostgreSQL.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::{OpenOptionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::Signal;
use nix::unistd::User;

use super::{Fate, Server, ready};
use crate::directory::{self, Directory};
use crate::process::{self, Daemon, OnInterrupt};
use crate::{install, interrupt, program};

/// Throw-away data: no durability; quiet; many connections, because each test binary has its pools.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 200
shared_buffers = 64MB
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
log_min_messages = fatal
log_min_error_statement = panic
";

/// The tests log in by password, as users do; anybody else on this machine who knows the port is let in.
const HOST_RULES: &str = "
local all all trust
host all orm 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
";

/// A superuser, because tests create databases and extensions and kill other connections.
const ACCOUNT: &str = "
CREATE ROLE orm LOGIN SUPERUSER PASSWORD 'orm';
CREATE DATABASE orm_test OWNER orm;
";

/// `settings` beside ours, such as `work_mem=1MB`.
pub(super) fn start(fate: Fate, settings: &[&str]) -> Result<Server> {
    let programs = Programs::find_or_install()?;
    let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
    let directory = Directory::new(&directory::temporary())?;
    let cluster = Cluster::initialise(programs, directory.path())?;
    let (daemon, port) = ready::start_on_free_port(
        &cluster.log,
        |port| cluster.start(port, fate, &settings),
        |port| {
            cluster.is_ready()
                && TcpStream::connect_timeout(&ready::address(port), Duration::from_secs(1)).is_ok()
        },
    )?;
    Ok(Server {
        daemon,
        url: format!("postgres://orm:orm@127.0.0.1:{port}/orm_test"),
        version: program::version(&mut Command::new(&cluster.programs.postgres)),
        start: Box::new(move || {
            // For as long as it may be started its directory is there.
            let _ = directory.path();
            cluster.start(port, fate, &settings)
        }),
    })
}

struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
}

impl Programs {
    fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        let installed = install::install("postgresql");
        Self::find().ok_or_else(|| {
            let cause = installed.err().unwrap_or_else(|| anyhow!("package postgresql did not bring them"));
            cause.context(format!(
                "neither of postgres and initdb beside each other in {}",
                program::list(&folders())
            ))
        })
    }

    fn find() -> Option<Self> {
        folders().into_iter().find_map(|folder| {
            // Debian links only some of the programs into PATH, and initdb looks for its server beside itself.
            let initdb = folder.join("initdb").canonicalize().ok()?;
            let postgres = initdb.with_file_name("postgres");
            postgres.is_file().then_some(Self { initdb, postgres })
        })
    }
}

/// `PATH`, then Debian's folder per version, the newest first.
fn folders() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| (entry.file_name().to_string_lossy().parse().unwrap_or(0), entry.path().join("bin")))
        .collect();
    versions.sort();
    let mut folders = program::folders(&["/usr/local/bin", "/usr/local/pgsql/bin"]);
    folders.extend(versions.into_iter().rev().map(|(_, folder)| folder));
    folders
}

struct Cluster {
    programs: Programs,
    account: Option<User>,
    /// Belongs to the server's account: data, socket and log.
    home: PathBuf,
    data: PathBuf,
    log: PathBuf,
}

impl Cluster {
    fn initialise(programs: Programs, directory: &Path) -> Result<Self> {
        let home = directory.join("postgres");
        fs::create_dir(&home)?;
        let account = unprivileged_account()?;
        if let Some(account) = &account {
            chown(&home, Some(account.uid.as_raw()), Some(account.gid.as_raw()))?;
        }
        let (data, log) = (home.join("data"), home.join("log"));
        let cluster = Self { programs, account, home, data, log };
        cluster.create_data("C.UTF-8").or_else(|error| {
            // Known to glibc since 2.35 and to Debian before; elsewhere C does for tests.
            interrupt::check()?;
            cluster.create_data("C").map_err(|_| error)
        })?;
        let mut settings = fs::OpenOptions::new().append(true).open(cluster.data.join("postgresql.conf"))?;
        settings.write_all(SETTINGS.as_bytes())?;
        writeln!(settings, "unix_socket_directories = '{}'", cluster.home.display())?;
        fs::write(cluster.data.join("pg_hba.conf"), HOST_RULES)?;
        cluster.create_account()?;
        Ok(cluster)
    }

    fn create_data(&self, locale: &str) -> Result<()> {
        if self.data.exists() {
            fs::remove_dir_all(&self.data)?;
        }
        let mut command = self.command(&self.programs.initdb);
        command.arg("--pgdata").arg(&self.data).args([
            "--username=postgres",
            "--encoding=UTF8",
            "--auth=trust",
        ]);
        command.args([&format!("--locale={locale}"), "--no-sync"]);
        process::run_quietly(&mut command, OnInterrupt::End)?;
        Ok(())
    }

    /// Single-user mode: neither a port nor a client program is needed.
    fn create_account(&self) -> Result<()> {
        let mut command = self.command(&self.programs.postgres);
        command.args(["--single", "-j", "-D"]).arg(&self.data).arg("postgres");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(self.open_log()?);
        let mut running = process::start(&mut command, OnInterrupt::End)?;
        // With -j a statement ends at an empty line.
        let statements = ACCOUNT.replace(";\n", ";\n\n");
        running.child.stdin.take().context("no pipe to postgres")?.write_all(statements.as_bytes())?;
        let status = running.wait()?;
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        if !status.success() || log.contains("ERROR:") {
            bail!("cannot create the account of the tests ({status}):\n{}", process::last_lines(&log, 15));
        }
        Ok(())
    }

    fn start(&self, port: u16, fate: Fate, settings: &[String]) -> Result<Daemon> {
        let mut command = self.command(&self.programs.postgres);
        command.arg("-D").arg(&self.data).args(["-p", &port.to_string()]);
        for setting in settings {
            command.args(["-c", setting]);
        }
        if fate == Fate::Killed {
            // What a process that is killed has written the kernel has.
            command.args(["-c", "synchronous_commit=on", "-c", "full_page_writes=on"]);
        }
        command.stdout(self.open_log()?).stderr(self.open_log()?);
        // SIGQUIT is "immediate": the data is thrown away, the shared memory is given back.
        Daemon::start(&mut command, Signal::SIGQUIT)
    }

    /// What `pg_ctl` does: the server writes its state into the last line of its pid file.
    fn is_ready(&self) -> bool {
        fs::read_to_string(self.data.join("postmaster.pid"))
            .is_ok_and(|pid_file| pid_file.lines().nth(7).is_some_and(|state| state.trim() == "ready"))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        // The caller's folder may be closed to the server's account; settings of libpq are not meant for us.
        command.current_dir(&self.home);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Some(account) = &self.account {
            command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
        }
        command
    }

    fn open_log(&self) -> Result<File> {
        Ok(fs::OpenOptions::new().create(true).append(true).mode(0o644).open(&self.log)?)
    }
}

/// PostgreSQL refuses to run as root; whose account it runs under then.
fn unprivileged_account() -> Result<Option<User>> {
    if !install::is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(user));
        }
    }
    bail!("PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody`")
}
