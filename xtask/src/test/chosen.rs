//! What arguments for `cargo test` choose.

/// Options that say which programs are run.
const TARGETS: [&str; 9] =
    ["--test", "--lib", "--bin", "--bins", "--doc", "--example", "--examples", "--tests", "--all-targets"];

/// The packages that are named.
pub(super) fn packages(arguments: &[String]) -> impl Iterator<Item = &str> {
    options(arguments).filter(|(name, _)| matches!(*name, "-p" | "--package")).map(|(_, value)| value)
}

/// The arguments that run the same tests of one test program of the package `orm`; `None` where none of them are chosen.
pub(super) fn again(arguments: &[String], program: &str) -> Option<Vec<String>> {
    let mut packages = packages(arguments).peekable();
    if packages.peek().is_some() && !packages.any(|package| package == "orm") {
        return None;
    }
    let mut targets = options(arguments).filter(|(name, _)| TARGETS.contains(name)).peekable();
    if targets.peek().is_none() {
        let only = ["--test", program].map(str::to_owned);
        return Some(only.into_iter().chain(arguments.iter().cloned()).collect());
    }
    let named = targets.any(|(name, value)| match name {
        "--test" => value == program,
        "--tests" | "--all-targets" => true,
        _ => false,
    });
    named.then(|| arguments.to_vec())
}

/// Cargo's own options, each with what stands behind it.
fn options(arguments: &[String]) -> impl Iterator<Item = (&str, &str)> {
    let own = arguments.iter().map(String::as_str).take_while(|argument| *argument != "--");
    let next = own.clone().skip(1).chain([""]);
    own.zip(next).map(|(argument, next)| match argument.split_once('=') {
        Some(both) => both,
        None => match argument.strip_prefix("-p") {
            Some(package) if !package.is_empty() => ("-p", package),
            _ => (argument, next),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(arguments: &str) -> (Vec<String>, Option<String>) {
        let arguments: Vec<_> = arguments.split_whitespace().map(str::to_owned).collect();
        let packages = packages(&arguments).map(str::to_owned).collect();
        (packages, again(&arguments, "mysql").map(|again| again.join(" ")))
    }

    #[test]
    fn a_program_is_run_again_where_its_tests_are_chosen() {
        for (arguments, expected) in [
            ("", Some("--test mysql")),
            ("order -- --nocapture", Some("--test mysql order -- --nocapture")),
            ("--test mysql order", Some("--test mysql order")),
            ("--test=sqlite --test=mysql", Some("--test=sqlite --test=mysql")),
            ("--tests", Some("--tests")),
            ("--test sqlite -- mysql", None),
            ("--doc", None),
            ("-p orm-mysql", None),
            ("-porm order", Some("--test mysql -porm order")),
            ("--package orm --lib", None),
        ] {
            assert_eq!(chosen(arguments).1.as_deref(), expected, "{arguments}");
        }
    }

    #[test]
    fn packages_are_named_in_three_ways() {
        assert_eq!(
            chosen("-p orm -porm-core --package=orm-mysql x -- -p no").0,
            ["orm", "orm-core", "orm-mysql"]
        );
        assert!(chosen("order --no-run -- -p no").0.is_empty());
    }
}
