//! What processes use, as Linux counts it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::unistd::{SysconfVar, sysconf};

/// A process and all that descend from it.
#[derive(Debug)]
pub(super) struct Processes {
    root: u32,
    /// Whoever was there at the last look: samples do not search all processes.
    members: Vec<u32>,
}

impl Processes {
    pub(super) fn of(root: u32) -> Self {
        Self { root, members: vec![root] }
    }

    /// Looks who descends from the root now.
    fn look(&mut self) -> Result<()> {
        let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for entry in fs::read_dir("/proc")?.flatten() {
            if let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok())
                && let Some(parent) = stat(pid).and_then(|stat| stat.field(4))
            {
                children.entry(parent.try_into()?).or_default().push(pid);
            }
        }
        self.members = vec![self.root];
        let mut seen = 0;
        while let Some(parent) = self.members.get(seen) {
            let found = children.get(parent).cloned().unwrap_or_default();
            self.members.extend(found);
            seen += 1;
        }
        Ok(())
    }

    /// Whether the root has ended, whoever may have asked how or not yet.
    pub(super) fn have_ended(&self) -> bool {
        stat(self.root).is_none_or(|stat| stat.state() == Some("Z"))
    }

    /// Resident memory of all together, in bytes. Pages that two of them share count twice.
    pub(super) fn memory(&self) -> u64 {
        self.members.iter().filter_map(|&pid| resident(pid)).sum()
    }

    /// Time on the processors of all together, in user and in system mode, also of those that have ended.
    pub(super) fn cpu(&mut self) -> Result<Duration> {
        self.look()?;
        let per_second = sysconf(SysconfVar::CLK_TCK)?.context("the system has no clock ticks")?;
        let ticks: u64 = self.members.iter().filter_map(|&pid| stat(pid)).map(|stat| stat.ticks()).sum();
        Ok(Duration::from_millis(ticks * 1000 / u64::try_from(per_second)?))
    }
}

/// The clients, by their ports, of the established connections to a port of this machine.
pub(super) fn clients_of(port: u16) -> Result<BTreeSet<u16>> {
    Ok(established(&fs::read_to_string("/proc/net/tcp")?, port))
}

/// Seen from where they are served. A line has a number, the address here, the address there, the state.
fn established(table: &str, port: u16) -> BTreeSet<u16> {
    let here = format!(":{port:04X}");
    let client = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let (local, remote, state) = (fields.next()?, fields.next()?, fields.next()?);
        let (_, client) = remote.split_once(':')?;
        (local.ends_with(&here) && state == "01").then(|| u16::from_str_radix(client, 16).ok())?
    };
    table.lines().filter_map(client).collect()
}

fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// A line of /proc/PID/stat.
struct Stat(String);

fn stat(pid: u32) -> Option<Stat> {
    fs::read_to_string(format!("/proc/{pid}/stat")).ok().map(Stat)
}

impl Stat {
    /// By its number in proc(5), from 4 on: before it is the name, in parentheses, which may hold anything.
    fn field(&self, number: usize) -> Option<u64> {
        self.0.rsplit(')').next()?.split_whitespace().nth(number - 3)?.parse().ok()
    }

    fn state(&self) -> Option<&str> {
        self.0.rsplit(')').next()?.split_whitespace().next()
    }

    /// 14 and 15 are its own user and system time, 16 and 17 those of children that have ended.
    fn ticks(&self) -> u64 {
        (14..=17).filter_map(|number| self.field(number)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_after_the_name() {
        let stat = Stat("7 (a) b (c) S 3 7 7 0 -1 4194304 10 0 0 0 25 12 300 4000 20 0".into());
        assert_eq!((stat.state(), stat.field(4), stat.ticks()), (Some("S"), Some(3), 4337));
    }

    #[test]
    fn only_established_connections_that_are_served_here_count() {
        let table = "  sl  local_address rem_address   st\n\
            0: 0100007F:1F90 00000000:0000 0A x\n\
            1: 0100007F:1F90 0100007F:C001 01 x\n\
            2: 0100007F:C001 0100007F:1F90 01 x\n\
            3: 0100007F:1F90 0100007F:C002 06 x\n";
        assert_eq!(established(table, 8080), BTreeSet::from([0xC001]));
    }

    #[test]
    fn this_process_uses_something() {
        let mut own = Processes::of(std::process::id());
        own.cpu().expect("clock ticks");
        assert!(own.memory() > 100_000, "{own:?}");
    }
}
