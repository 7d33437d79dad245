//! A small bank: transfers that are whole or not there, blocks within blocks, mails after the commit, many at once:
//! `cargo run --example transactions`.
//!
//! On a server: `cargo run --example transactions --features postgres -- --url postgres://user:password@localhost/bank`
//! (for MySQL or MariaDB `--features mysql` and a `mysql://` URL).

use std::fmt;

use orm::IsolationLevel::RepeatableRead;
use orm::prelude::*;
use orm::{AnyBackend, AnyDatabase};

#[derive(Model, Debug, Clone)]
#[model(table = "transactions_account")]
pub struct Account {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20, unique)]
    pub owner: String,
    #[field(default = 0)]
    pub balance: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "transactions_transfer")]
pub struct Transfer {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 20)]
    pub giver: String,
    #[field(max_length = 20)]
    pub taker: String,
    pub amount: i64,
}

/// Why a transfer was refused.
#[derive(Debug)]
enum Refused {
    NotEnough { owner: String, missing: i64 },
    Database(orm::Error),
}

impl From<orm::Error> for Refused {
    fn from(error: orm::Error) -> Self {
        Refused::Database(error)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NotEnough { owner, missing } => write!(f, "{owner} lacks {missing}"),
            Refused::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

type Tx = Transaction<AnyBackend>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = orm::connect(&url_argument()).await?;
    println!("A bank on {}\n", db.dialect().name());
    db.drop_tables(models![Account, Transfer]).await?;
    db.create_tables(models![Account, Transfer]).await?;
    for owner in ["ann", "bob", "cyd"] {
        Account::objects().create(&db, |a| a.owner(owner).balance(100)).await?;
    }

    transfers(&db).await?;
    several_with_failures(&db).await?;
    many_at_once(&db).await?;
    report(&db).await?;

    db.drop_tables(models![Account, Transfer]).await?;
    Ok(())
}

/// Moves money: part of whatever transaction it is called in.
async fn transfer(tx: &Tx, giver: &str, taker: &str, amount: i64) -> Result<(), Refused> {
    let paid = Account::objects()
        .filter(|a| a.owner.eq(giver) & a.balance.ge(amount))
        .update(tx, |a| a.balance.set(a.balance - amount))
        .await?;
    if paid == 0 {
        let account = Account::objects().filter(|a| a.owner.eq(giver)).get(tx).await?;
        return Err(Refused::NotEnough { owner: giver.into(), missing: amount - account.balance });
    }
    Account::objects()
        .filter(|a| a.owner.eq(taker))
        .update(tx, |a| a.balance.set(a.balance + amount))
        .await?;
    Transfer::objects().create(tx, |t| t.giver(giver).taker(taker).amount(amount)).await?;
    let mail = format!("  mail to {taker}: {amount} from {giver}");
    // Only when all is committed, by whomever.
    tx.on_commit(async move { println!("{mail}") });
    Ok(())
}

async fn transfers(db: &AnyDatabase) -> Result<(), Refused> {
    println!("One that works, and one that does not:");
    db.atomic(async |tx| transfer(tx, "ann", "bob", 30).await).await?;
    let refused = db
        .atomic(async |tx| {
            transfer(tx, "bob", "cyd", 100).await?;
            transfer(tx, "ann", "cyd", 100).await
        })
        .await;
    if let Err(refused) = refused {
        println!("  refused, both: {refused}");
    }
    show(db).await
}

async fn several_with_failures(db: &AnyDatabase) -> Result<(), Refused> {
    println!("\nA list, of which those are left out that do not work:");
    db.atomic(async |tx| {
        for (giver, taker, amount) in [("ann", "cyd", 20), ("ann", "bob", 1_000), ("bob", "cyd", 5)] {
            match tx.atomic(async |sp| transfer(sp, giver, taker, amount).await).await {
                Ok(()) => {}
                Err(Refused::NotEnough { owner, missing }) => println!("  left out: {owner} lacks {missing}"),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    })
    .await?;
    show(db).await
}

async fn many_at_once(db: &AnyDatabase) -> Result<(), Box<dyn std::error::Error>> {
    println!("\nTwenty at once, each again when others are in its way:");
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move {
                let owners = ["ann", "bob", "cyd"];
                let (giver, taker) = (owners[number % 3], owners[(number + 1) % 3]);
                db.transaction()
                    .retry(20)
                    .run(async |tx| {
                        // No mails this time.
                        let giver = Account::objects().filter(|a| a.owner.eq(giver));
                        giver.update(tx, |a| a.balance.set(a.balance - 1)).await?;
                        let taker = Account::objects().filter(|a| a.owner.eq(taker));
                        taker.update(tx, |a| a.balance.set(a.balance + 1)).await
                    })
                    .await
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    show(db).await?;
    Ok(())
}

async fn report(db: &AnyDatabase) -> orm::Result<()> {
    let report = db.transaction().isolation(RepeatableRead).read_only();
    let (total, transfers) = report
        .run(async |tx| {
            let total = Account::objects().aggregate(tx, |a| a.balance.sum()).await?;
            Ok::<_, orm::Error>((total.unwrap_or(0), Transfer::objects().count(tx).await?))
        })
        .await?;
    println!("\nAs of one moment: {total} in all, {transfers} transfers");
    assert_eq!((total, transfers), (300, 3));
    Ok(())
}

async fn show(db: &AnyDatabase) -> Result<(), Refused> {
    let balances = Account::objects().order_by(|a| a.owner).values(|a| (a.owner, a.balance)).all(db).await?;
    for (owner, balance) in balances {
        println!("  {owner}: {balance}");
    }
    Ok(())
}

/// The URL after `--url`, or an embedded database.
fn url_argument() -> String {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--url"), Some(url)) => url,
        (None, _) => "sqlite::memory:".to_owned(),
        _ => {
            eprintln!("usage: transactions [--url sqlite:…|postgres://…|mysql://…]");
            std::process::exit(2);
        }
    }
}
