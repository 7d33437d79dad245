//! Rows are locked until a transaction ends, so there has to be one.

use orm::backend::Backend;
use orm::prelude::*;

#[derive(Model)]
struct Account {
    #[field(primary_key)]
    id: i64,
    balance: i64,
}

async fn locked<B: Backend>(db: &Database<B>) -> orm::Result<i64> {
    let account = Account::objects().pk(1).select_for_update().get(db).await?;
    Ok(account.balance)
}

fn main() {}
