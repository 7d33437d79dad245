//! The workloads: what is asked of both contestants.

use std::hint::black_box;

use crate::contestant::Contestant;
use crate::model::{Author, BOOKS_OF_FEW, BOOKS_OF_MANY, Book, FEW, MANY};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    Joined,
    Few,
    Many,
}

impl Workload {
    pub const ALL: [Workload; 3] = [Workload::Joined, Workload::Few, Workload::Many];

    /// Its name in the output and for `--filter`.
    pub fn name(self) -> &'static str {
        match self {
            Workload::Joined => "1,000 rows with a joined parent",
            Workload::Few => "100 parents x 10 children",
            Workload::Many => "1,000 parents x 100 children",
        }
    }

    /// Runs it `times` times.
    pub async fn run<C: Contestant>(self, contestant: &C, times: u32) {
        for _ in 0..times {
            match self {
                Workload::Joined => drop(black_box(contestant.load_joined(1_000).await)),
                Workload::Few => drop(black_box(contestant.load_parents(MANY + 1, MANY + FEW).await)),
                Workload::Many => drop(black_box(contestant.load_parents(1, MANY).await)),
            }
        }
    }

    /// Both must do the same; panics where they do not.
    pub async fn check<R: Contestant, O: Contestant>(self, raw: &R, orm: &O) {
        match self {
            Workload::Joined => {
                let left = raw.load_joined(1_000).await.into_iter().map(R::pair);
                let right = orm.load_joined(1_000).await.into_iter().map(O::pair);
                let (mut left, mut right): (Vec<_>, Vec<_>) = (left.collect(), right.collect());
                left.sort_by_key(|(book, _)| book.id);
                right.sort_by_key(|(book, _)| book.id);
                assert_eq!(left.len(), 1_000);
                assert!(left == right, "both read the same rows");
                assert_eq!(left[150], (Book::numbered(151, 2), Author::numbered(2)));
            }
            Workload::Few => check(raw, orm, (MANY + 1, MANY + FEW), BOOKS_OF_FEW).await,
            Workload::Many => check(raw, orm, (1, MANY), BOOKS_OF_MANY).await,
        }
    }
}

async fn check<R: Contestant, O: Contestant>(raw: &R, orm: &O, (first, last): (i64, i64), books: i64) {
    let left: Vec<_> = raw.load_parents(first, last).await.into_iter().map(R::list).collect();
    let right: Vec<_> = orm.load_parents(first, last).await.into_iter().map(O::list).collect();
    for parents in [&left, &right] {
        assert_eq!(parents.len(), usize::try_from(last - first + 1).unwrap_or_default());
        assert!(parents.iter().all(|(_, own)| own.len() == usize::try_from(books).unwrap_or_default()));
        assert!(parents.iter().all(|(author, own)| own.iter().all(|book| *book.author.key() == author.id)));
    }
    let total = |parents: &[(Author, Vec<Book>)]| -> i64 {
        parents.iter().flat_map(|(_, own)| own).map(|book| book.id).sum()
    };
    assert_eq!(total(&left), total(&right));
}
