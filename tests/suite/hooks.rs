//! Hooks run around writes, in their transaction, know what is written, can change it, and can stop it.

use std::fmt;

use futures_util::future::join_all;
use orm::backend::Backend;
use orm::hooks::{
    AfterDelete, AfterSave, BeforeDelete, BeforeSave, DEEPEST, Hook, LinkChange, LinkMoment, Moment,
    RelationChange, RowChange,
};
use orm::prelude::*;
use orm::{Error, models};

use crate::support::{Counting, Db, run, run_by_url};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(books = Book::author))]
struct Author {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50, unique)]
    name: String,
    #[field(default = 0)]
    rank: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(chapters = Chapter::book), many_to_many(subjects: Subject))]
struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    author: Option<ForeignKey<Author>>,
    #[field(max_length = 50)]
    title: String,
    note: Deferred<Option<String>>,
    #[field(default = 1)]
    copies: i32,
    #[field(auto_now)]
    changed: DateTime<Utc>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Chapter {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    book: ForeignKey<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(books = Book::subjects))]
struct Subject {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

/// What hooks have written down, in the transaction of what they were called for.
#[derive(Model, Debug, Clone, PartialEq)]
struct Entry {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 200)]
    text: String,
}

async fn note<B: Backend>(tx: &Transaction<B>, text: impl Into<String>) -> orm::Result<()> {
    let text = text.into();
    Entry::objects().create(tx, |e| e.text(text)).await.map(drop)
}

/// What was written down since the last call.
async fn noted(db: &Db) -> Vec<String> {
    let entries = Entry::objects().order_by(|e| e.id).values(|e| e.text).all(db).await.unwrap();
    Entry::objects().delete(db).await.unwrap();
    entries
}

fn names(fields: &[&'static orm::schema::FieldMeta]) -> String {
    fields.iter().map(|field| field.name).collect::<Vec<_>>().join(" ")
}

/// Writes down everything that happens to books.
fn watched(db: &Db) -> Db {
    db.with_hooks(|hooks| {
        hooks
            .before_save(async |tx: &Transaction<_>, book: &mut BeforeSave<Book>| {
                let title = book.get(|b| b.title)?.unwrap_or_default();
                note(tx, format!("before new={} {title}: {}", book.is_new(), names(book.fields()))).await
            })
            .after_save(async |tx: &Transaction<_>, book: &mut AfterSave<Book>| {
                let there = Book::objects().pk(book.row.id).exists(tx).await?;
                let fields = names(book.fields());
                note(tx, format!("after new={} {} there={there}: {fields}", book.is_new(), book.row.title))
                    .await
            })
            .before_delete(async |tx: &Transaction<_>, book: &mut BeforeDelete<Book>| {
                let there = Book::objects().pk(book.row.id).exists(tx).await?;
                note(tx, format!("before delete {} there={there}", book.row.title)).await
            })
            .after_delete(async |tx: &Transaction<_>, book: &mut AfterDelete<Book>| {
                let there = Book::objects().pk(book.row.id).exists(tx).await?;
                note(tx, format!("after delete {} there={there}", book.row.title)).await
            })
    })
}

#[test]
fn hooks_know_what_is_created_and_updated_and_which_fields_are_written() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let watched = watched(db);
        let mut book = Book::objects().create(&watched, |b| b.title("Tea")).await.unwrap();
        assert_eq!(
            noted(db).await,
            [
                "before new=true Tea: author title note copies changed",
                "after new=true Tea there=true: author title note copies changed"
            ]
        );
        book.title = "Cups".into();
        book.save(&watched).await.unwrap();
        assert_eq!(
            noted(db).await,
            [
                "before new=false Cups: author title note copies changed",
                "after new=false Cups there=true: author title note copies changed"
            ]
        );
        book.copies = 7;
        book.title = "Not written".into();
        book.save_fields(&watched, |b| b.copies).await.unwrap();
        assert_eq!(
            noted(db).await,
            [
                "before new=false Not written: copies changed",
                "after new=false Not written there=true: copies changed"
            ]
        );
        let stored = Book::objects().get(db).await.unwrap();
        assert_eq!((stored.title.as_str(), stored.copies), ("Cups", 7));

        // A row that is saved and was not there; one of which only some fields are loaded.
        book.id = 99;
        book.save(&watched).await.unwrap();
        assert_eq!(noted(db).await[0], "before new=true Not written: id author title note copies changed");
        let mut light = Book::objects().pk(99).defer(|b| b.note).get(db).await.unwrap();
        light.save(&watched).await.unwrap();
        assert_eq!(noted(db).await[0], "before new=false Not written: author title copies changed");
        assert!(light.note.is_not_loaded());

        let gone = light.save_fields(&watched, |b| b.title);
        Book::objects().delete(db).await.unwrap();
        assert!(gone.await.unwrap_err().is_does_not_exist());
        assert!(noted(db).await.is_empty());
    });
}

#[test]
fn a_hook_before_changes_what_is_written() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let db = db.with_hooks(|hooks| {
            hooks
                .before_save(async |_: &Transaction<_>, book: &mut BeforeSave<Book>| {
                    let title = book.get(|b| b.title)?.unwrap_or_default();
                    book.set(|b| b.title, title.trim())?;
                    book.set(|b| b.note, Some(format!("{} letters", title.trim().len())))
                })
                .before_save(async |_: &Transaction<_>, author: &mut BeforeSave<Author>| {
                    author.set(|a| a.rank, 5)?;
                    if author.is_new() { author.set(|a| a.id, 40) } else { Ok(()) }
                })
        });
        let mut book = Book::objects().create(&db, |b| b.title(" Tea ")).await.unwrap();
        assert_eq!((book.title.as_str(), book.note.get().unwrap().as_deref()), ("Tea", Some("3 letters")));
        book.title = " Spoons".into();
        book.save(&db).await.unwrap();
        assert_eq!((book.title.as_str(), book.note.get().unwrap().as_deref()), ("Spoons", Some("6 letters")));
        assert_eq!(Book::objects().get(&db).await.unwrap(), book);

        // Also a field that would not have been written, and one that is not loaded.
        let mut light = Book::objects().defer(|b| b.note).get(&db).await.unwrap();
        light.title = "Kettle ".into();
        light.save_fields(&db, |b| b.title).await.unwrap();
        assert_eq!(light.note.get().unwrap().as_deref(), Some("6 letters"));
        assert_eq!(Book::objects().get(&db).await.unwrap(), light);

        let ann = Author::objects().create(&db, |a| a.name("Ann")).await.unwrap();
        assert_eq!((ann.id, ann.rank), (40, 5));
        let find = async || {
            Author::objects().get_or_create(&db, |a| a.name.eq("Bob"), |a| a.name("Bob").rank(1)).await
        };
        let error = find().await.unwrap_err();
        assert!(error.is_unique_violation(), "the key that the hook sets is taken: {error}");
        Author::objects().delete(&db).await.unwrap();
        assert!(matches!(find().await.unwrap(), (bob, true) if bob.rank == 5));
        assert!(matches!(find().await.unwrap(), (bob, false) if bob.rank == 5));
        let (bob, new) = Author::objects()
            .update_or_create(&db, |a| a.name.eq("Bob"), |a| a.rank.set(9), |a| a.name("Bob"))
            .await
            .unwrap();
        assert_eq!((bob.rank, new), (5, false));
        assert_eq!(Author::objects().count(&db).await.unwrap(), 1);

        let renamed = db.with_hooks(|hooks| {
            hooks.before_save(async |_: &Transaction<_>, author: &mut BeforeSave<Author>| {
                author.set(|a| a.id, author.get(|a| a.id)?.unwrap_or_default() + 1)
            })
        });
        let error = bob.clone().save(&renamed).await.unwrap_err();
        assert!(matches!(error, Error::InvalidQuery(_)), "{error}");
    });
}

#[derive(Debug, PartialEq)]
struct Veto(&'static str);

impl fmt::Display for Veto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Veto {}

fn veto(error: &Error) -> Option<&'static str> {
    error.as_hook::<Veto>().map(|veto| veto.0)
}

/// Refuses books of certain titles at the moment that the title says.
struct Refuse;

impl<B: Backend> Hook<B, RowChange> for Refuse {
    async fn call(&self, tx: &Transaction<B>, row: &mut RowChange) -> orm::Result<()> {
        if row.model().name != "Book" {
            return Ok(());
        }
        note(tx, format!("{:?}", row.moment())).await?;
        let title = row.value("title");
        let refused = match row.moment() {
            Moment::BeforeSave => "BeforeSave",
            Moment::AfterSave => "AfterSave",
            Moment::BeforeDelete => "BeforeDelete",
            Moment::AfterDelete => "AfterDelete",
        };
        if title == Some(&orm::value::Value::Text(refused.into())) {
            return Err(Error::hook(Veto(refused)));
        }
        Ok(())
    }
}

#[test]
fn a_hook_that_fails_undoes_the_write_and_its_error_is_the_callers() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let refusing = db.with_hooks(|hooks| hooks.attach(Refuse));
        for title in ["BeforeSave", "AfterSave"] {
            let error = Book::objects().create(&refusing, |b| b.title(title)).await.unwrap_err();
            assert_eq!(veto(&error), Some(title));
            assert_eq!(Book::objects().count(db).await.unwrap(), 0);
            let mut other = Book::objects().create(db, |b| b.title("Other")).await.unwrap();
            other.title = title.into();
            assert_eq!(veto(&other.save(&refusing).await.unwrap_err()), Some(title));
            let told = Book::objects().with_hooks().update(&refusing, |b| b.title.set(title)).await;
            assert_eq!(veto(&told.unwrap_err()), Some(title));
            assert_eq!(Book::objects().get(db).await.unwrap().title, "Other");
            Book::objects().delete(db).await.unwrap();
        }
        for title in ["BeforeDelete", "AfterDelete"] {
            let book = Book::objects().create(db, |b| b.title(title)).await.unwrap();
            assert_eq!(veto(&book.delete(&refusing).await.unwrap_err()), Some(title));
            assert_eq!(veto(&Book::objects().delete(&refusing).await.unwrap_err()), Some(title));
            assert!(book.delete(db).await.unwrap());
        }
        assert!(noted(db).await.is_empty(), "what hooks wrote went with it");
    });
}

#[test]
fn in_a_transaction_a_hook_that_fails_breaks_the_block() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let refusing = db.with_hooks(|hooks| hooks.attach(Refuse));
        let ended = refusing
            .atomic(async |tx| {
                Book::objects().create(tx, |b| b.title("Fine")).await?;
                let inner = tx
                    .atomic(async |sp| {
                        let failed = Book::objects().create(sp, |b| b.title("AfterSave")).await;
                        assert_eq!(veto(&failed.unwrap_err()), Some("AfterSave"));
                        Book::objects().count(sp).await
                    })
                    .await;
                let Err(Error::TransactionBroken(cause)) = inner else { panic!("{inner:?}") };
                assert_eq!(veto(&cause), Some("AfterSave"));
                // The block around it goes on.
                assert_eq!(Book::objects().count(tx).await?, 1);
                let failed = Book::objects().create(tx, |b| b.title("BeforeSave")).await;
                assert_eq!(veto(&failed.unwrap_err()), Some("BeforeSave"));
                Ok::<_, Error>(())
            })
            .await;
        assert!(matches!(ended, Err(Error::TransactionBroken(_))), "{ended:?}");
        assert_eq!(Book::objects().count(db).await.unwrap(), 0);
    });
}

#[test]
fn what_has_no_hooks_is_as_cheap_as_ever() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let hooked = db.with_hooks(|hooks| {
            hooks.after_save(async |_: &Transaction<_>, _: &mut AfterSave<Chapter>| Ok(()))
        });
        let mut seen = Vec::new();
        for db in [db, &hooked] {
            let counting = Counting::new(db.clone());
            let mut author = Author::objects().create(&counting, |a| a.name("Ann")).await.unwrap();
            author.save(&counting).await.unwrap();
            author.save_fields(&counting, |a| a.name).await.unwrap();
            Author::objects().with_hooks().update(&counting, |a| a.rank.set(1)).await.unwrap();
            let drafts = ["Bob", "Eve"].map(|name| Author::draft().name(name));
            Author::objects().with_hooks().bulk_create(&counting, drafts).await.unwrap();
            author.delete(&counting).await.unwrap();
            Author::objects().delete(&counting).await.unwrap();
            seen.push(counting.taken());
        }
        assert_eq!(seen[0], seen[1]);
    });
}

#[test]
fn deletion_calls_hooks_for_all_that_is_deleted_before_the_first_and_after_the_last() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let watched = watched(db);
        let ann = Author::objects().create(db, |a| a.name("Ann")).await.unwrap();
        let library = async || {
            for title in ["Tea", "Cups"] {
                let book = Book::objects().create(db, |b| b.author(&ann).title(title)).await.unwrap();
                Chapter::objects().create(db, |c| c.book(&book)).await.unwrap();
            }
            Book::objects().create(db, |b| b.title("Free")).await.unwrap();
        };
        let all = [
            "before delete Tea there=true",
            "before delete Cups there=true",
            "after delete Tea there=false",
            "after delete Cups there=false",
        ];
        library().await;
        assert!(ann.delete(&watched).await.unwrap());
        assert_eq!(noted(db).await, all);
        assert_eq!(Chapter::objects().count(db).await.unwrap(), 0);
        assert_eq!(Book::objects().count(db).await.unwrap(), 1);

        ann.clone().save(db).await.unwrap();
        Book::objects().delete(db).await.unwrap();
        library().await;
        let books =
            Book::objects().filter(|b| b.author.name.eq("Ann")).order_by(|b| b.id).all(db).await.unwrap();
        assert_eq!(Book::objects().bulk_delete(&watched, &books).await.unwrap(), 2);
        assert_eq!(noted(db).await, all);
        let deleted = Book::objects().delete_collected(&watched).await.unwrap();
        assert_eq!((deleted.total, deleted.of::<Book>()), (1, 1));
        assert_eq!(noted(db).await.len(), 2);

        library().await;
        assert_eq!(Author::objects().without_hooks().delete(&watched).await.unwrap(), 1);
        assert_eq!(Book::objects().delete(&watched.without_hooks()).await.unwrap(), 1);
        assert!(noted(db).await.is_empty());
    });
}

#[test]
fn bulk_operations_and_updates_call_hooks_only_when_they_are_told_to() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let watched = watched(db).with_hooks(|hooks| {
            hooks.before_save(async |_: &Transaction<_>, book: &mut BeforeSave<Book>| {
                if book.get(|b| b.title)?.is_some_and(|title| title == "Tea") {
                    book.set(|b| b.note, Some("seen".into()))?;
                }
                Ok(())
            })
        });
        let drafts = || ["Tea", "Cups"].map(|title| Book::draft().title(title));
        let mut books = Book::objects().bulk_create(&watched, drafts()).await.unwrap();
        Book::objects().bulk_update(&watched, &mut books, |b| b.copies).await.unwrap();
        Book::objects().update(&watched, |b| b.copies.set(2)).await.unwrap();
        assert!(noted(db).await.is_empty());
        Book::objects().delete(db).await.unwrap();

        let books = Book::objects().with_hooks().bulk_create(&watched, drafts()).await.unwrap();
        let fields = "author title note copies changed";
        assert_eq!(
            noted(db).await,
            [
                format!("before new=true Tea: {fields}"),
                format!("before new=true Cups: {fields}"),
                format!("after new=true Tea there=true: {fields}"),
                format!("after new=true Cups there=true: {fields}"),
            ]
        );
        assert_eq!(books[0].note.get().unwrap().as_deref(), Some("seen"));
        assert_eq!(Book::objects().order_by(|b| b.id).all(db).await.unwrap(), books);
        Book::objects().delete(db).await.unwrap();

        let keys = Book::objects().with_hooks().bulk_create(&watched, drafts()).keys().await.unwrap();
        assert_eq!(noted(db).await.len(), 4);
        let again = Book::objects().with_hooks().bulk_create(&watched, drafts()).ignore_conflicts().await;
        assert!(matches!(again, Err(Error::InvalidQuery(_))));
        assert!(noted(db).await.is_empty());

        // By expressions: what the database computes, hooks see afterwards.
        Book::objects().update(db, |b| b.note.set(None::<String>)).await.unwrap();
        let changed =
            Book::objects().with_hooks().update(&watched, |b| b.copies.set(b.copies + 1)).await.unwrap();
        assert_eq!(changed, 2);
        let mut told = noted(db).await;
        told.sort();
        assert_eq!(
            told,
            [
                "after new=false Cups there=true: copies",
                "after new=false Tea there=true: copies note",
                "before new=false Cups: copies",
                "before new=false Tea: copies",
            ]
        );
        let notes = Book::objects().order_by(|b| b.id).values(|b| (b.copies, b.note)).all(db).await.unwrap();
        assert_eq!(notes, [(2, Some("seen".to_owned())), (2, None)]);

        // Each its own values; one that is gone has no hooks.
        let mut books = Book::objects().order_by(|b| b.id).all(db).await.unwrap();
        Book::objects().pk(keys[1]).delete(db).await.unwrap();
        for book in &mut books {
            (book.copies, book.note) = (10, Deferred::from(Some("mine".to_owned())));
        }
        let written = Book::objects()
            .with_hooks()
            .bulk_update(&watched, &mut books, |b| (b.title, b.copies))
            .await
            .unwrap();
        assert_eq!(written, 1);
        assert_eq!(noted(db).await.len(), 2);
        let tea = Book::objects().get(db).await.unwrap();
        assert_eq!((tea.copies, tea.note.get().unwrap().as_deref()), (10, Some("seen")));

        let moved = Book::objects().with_hooks().update(&watched, |b| b.id.set(b.id + 100)).await;
        assert!(matches!(moved, Err(Error::InvalidQuery(_))));
    });
}

#[test]
fn relation_handles_call_hooks_of_rows_that_they_update_when_they_are_told_to() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let watched = watched(db);
        let ann = Author::objects().create(db, |a| a.name("Ann")).await.unwrap();
        let tea = ann.related(|a| a.books).create(&watched, |b| b.title("Tea")).await.unwrap();
        assert_eq!(noted(db).await.len(), 2);
        ann.related(|a| a.books).clear(&watched).await.unwrap();
        ann.related(|a| a.books).add(&watched, [&tea]).await.unwrap();
        assert!(noted(db).await.is_empty());
        ann.related(|a| a.books).with_hooks().set(&watched, std::iter::empty()).await.unwrap();
        ann.related(|a| a.books).with_hooks().add(&watched, [&tea]).await.unwrap();
        let both = ["before new=false Tea: author", "after new=false Tea there=true: author"];
        assert_eq!(noted(db).await, [both, both].concat());
        assert_eq!(ann.related(|a| a.books).count(db).await.unwrap(), 1);
    });
}

#[test]
fn many_to_many_hooks_get_the_pairs_that_change_from_whichever_side() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let hooked = db.with_hooks(|hooks| {
            hooks
                .many_to_many_changed(
                    |b: BookFields| b.subjects,
                    async |tx: &Transaction<_>, change: &mut LinkChange<_>| {
                        let mut pairs = change.pairs.clone();
                        pairs.sort_unstable();
                        note(tx, format!("{:?} {pairs:?}", change.moment)).await
                    },
                )
                .every_many_to_many(async |tx: &Transaction<_>, change: &mut RelationChange| {
                    let count = change.pairs().len();
                    match change.moment() {
                        LinkMoment::BeforeAdd | LinkMoment::BeforeRemove => Ok(()),
                        LinkMoment::AfterAdd | LinkMoment::AfterRemove => {
                            note(tx, format!("{} {count}", change.relation().name)).await
                        }
                    }
                })
        });
        let book = Book::objects().create(db, |b| b.title("Tea")).await.unwrap();
        let mut subjects = Vec::new();
        for name in ["hot", "wet", "green"] {
            subjects.push(Subject::objects().create(db, |s| s.name(name)).await.unwrap());
        }
        let (b, s) = (book.id, subjects.iter().map(|subject| subject.id).collect::<Vec<_>>());
        let of_book = book.related(|b| b.subjects);

        of_book.add(&hooked, &subjects[..1]).await.unwrap();
        let pair = format!("[({b}, {})]", s[0]);
        assert_eq!(
            noted(db).await,
            [format!("BeforeAdd {pair}"), format!("AfterAdd {pair}"), "subjects 1".into()]
        );
        // Only what is new, also twice in one call.
        of_book.add(&hooked, [&subjects[0], &subjects[1], &subjects[1]]).await.unwrap();
        assert_eq!(noted(db).await[0], format!("BeforeAdd [({b}, {})]", s[1]));
        of_book.add(&hooked, &subjects[..2]).await.unwrap();
        assert!(noted(db).await.is_empty());

        subjects[2].related(|s| s.books).add(&hooked, [&book]).await.unwrap();
        assert_eq!(
            noted(db).await,
            [format!("BeforeAdd [({b}, {})]", s[2]), format!("AfterAdd [({b}, {})]", s[2]), "books 1".into()]
        );
        assert_eq!(of_book.remove(&hooked, &subjects[2..]).await.unwrap(), 1);
        assert_eq!(of_book.remove(&hooked, &subjects[2..]).await.unwrap(), 0);
        assert_eq!(noted(db).await.len(), 3);

        of_book.set(&hooked, &subjects[1..]).await.unwrap();
        let told = noted(db).await;
        assert_eq!(told[0], format!("BeforeRemove [({b}, {})]", s[0]));
        assert_eq!(told[3], format!("BeforeAdd [({b}, {})]", s[2]));
        assert_eq!(of_book.count(db).await.unwrap(), 2);

        assert_eq!(of_book.clear(&hooked).await.unwrap(), 2);
        assert_eq!(noted(db).await[1], format!("AfterRemove [({b}, {}), ({b}, {})]", s[1], s[2]));
        book.related(|b| b.subjects).without_hooks().add(&hooked, &subjects).await.unwrap();
        assert!(noted(db).await.is_empty());

        let new =
            async || of_book.get_or_create(&hooked, |s| s.name.eq("new"), |s| s.name("new")).await.unwrap();
        let (made, is_new) = new().await;
        assert!(is_new);
        assert_eq!(noted(db).await[1], format!("AfterAdd [({b}, {})]", made.id));
        let old = |s: SubjectFields| s.name.set("old");
        let changed = of_book.update_or_create(&hooked, |s| s.name.eq("new"), old, |s| s.name("new")).await;
        assert!(!changed.unwrap().1);
        assert!(noted(db).await.is_empty(), "what was related stays so");
        assert_eq!(of_book.filter(|s| s.name.eq("old")).delete(db).await.unwrap(), 1);

        let strict = db.with_hooks(|hooks| {
            hooks.every_many_to_many(async |_: &Transaction<_>, change: &mut RelationChange| {
                match change.moment() {
                    LinkMoment::AfterAdd | LinkMoment::AfterRemove => Err(Error::hook(Veto("stay"))),
                    LinkMoment::BeforeAdd | LinkMoment::BeforeRemove => Ok(()),
                }
            })
        });
        assert_eq!(veto(&of_book.clear(&strict).await.unwrap_err()), Some("stay"));
        assert_eq!(veto(&of_book.set(&strict, []).await.unwrap_err()), Some("stay"));
        assert_eq!(veto(&of_book.create(&strict, |s| s.name("new")).await.unwrap_err()), Some("stay"));
        let found = of_book.get_or_create(&strict, |s| s.name.eq("new"), |s| s.name("new")).await;
        assert_eq!(veto(&found.unwrap_err()), Some("stay"));
        assert_eq!((of_book.count(db).await.unwrap(), Subject::objects().count(db).await.unwrap()), (3, 3));
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Page {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    text: String,
    #[field(max_length = 50)]
    shown: Option<String>,
    #[field(version)]
    version: i32,
}

async fn show<B: Backend>(_: &Transaction<B>, page: &mut BeforeSave<Page>) -> orm::Result<()> {
    match page.get(|p| p.text)? {
        Some(text) => page.set(|p| p.shown, text.to_uppercase()),
        None => Ok(()),
    }
}

#[test]
fn a_version_counts_up_once_and_others_changes_are_noticed() {
    run(models![Page], async |db| {
        let hooked = db.with_hooks(|hooks| hooks.before_save(show));
        let shown = |page: &Page| (page.version, page.shown.clone().unwrap_or_default());
        let mut page = Page::objects().create(&hooked, |p| p.text("a")).await.unwrap();
        assert_eq!(shown(&page), (1, "A".into()));
        let mut old = page.clone();
        page.text = "b".into();
        page.save(&hooked).await.unwrap();
        assert_eq!(shown(&page), (2, "B".into()));
        page.text = "c".into();
        page.save_fields(&hooked, |p| p.text).await.unwrap();
        assert_eq!(Page::objects().get(db).await.unwrap(), page);
        assert!(matches!(old.save(&hooked).await, Err(Error::StaleObject(_))));
        assert!(matches!(old.save_fields(&hooked, |p| p.text).await, Err(Error::StaleObject(_))));

        let mut pages = [page];
        pages[0].text = "d".into();
        Page::objects().with_hooks().bulk_update(&hooked, &mut pages, |p| p.text).await.unwrap();
        let stored = Page::objects().get(db).await.unwrap();
        assert_eq!((shown(&stored), pages[0].version), ((4, "D".into()), 4));
        Page::objects().with_hooks().update(&hooked, |p| p.text.set("e")).await.unwrap();
        assert_eq!(shown(&Page::objects().get(db).await.unwrap()), (5, "E".into()));
        let late = Page::objects().with_hooks().bulk_update(&hooked, &mut pages, |p| p.text).await;
        assert!(matches!(late, Err(Error::StaleObject(_))));

        let changed =
            Page::objects().with_hooks().update_returning(&hooked, |p| p.text.set("f")).await.unwrap();
        assert_eq!(changed.iter().map(shown).collect::<Vec<_>>(), [(6, "F".into())]);
        let stays = db.with_hooks(|hooks| {
            hooks.after_delete(async |_: &Transaction<_>, _: &mut AfterDelete<Page>| {
                Err(Error::hook(Veto("stays")))
            })
        });
        assert_eq!(veto(&Page::objects().delete_returning(&stays).await.unwrap_err()), Some("stays"));
        assert_eq!(Page::objects().without_hooks().delete_returning(&stays).await.unwrap().len(), 1);
    });
}

/// Each author but the last has a successor, whom a hook creates.
async fn successor<B: Backend>(tx: &Transaction<B>, author: &mut AfterSave<Author>) -> orm::Result<()> {
    let rank = author.row.rank;
    if rank > 0 {
        let name = format!("Author {}", rank - 1);
        Author::objects().create(tx, |a| a.name(name).rank(rank - 1)).await?;
    }
    Ok(())
}

#[test]
fn hooks_may_save_rows_whose_hooks_run_but_not_without_end() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let db = db.with_hooks(|hooks| hooks.after_save(successor));
        let most = i32::try_from(DEEPEST).unwrap() - 1;
        Author::objects().create(&db, |a| a.name("First").rank(most)).await.unwrap();
        assert_eq!(Author::objects().count(&db).await.unwrap(), u64::from(DEEPEST));
        Author::objects().delete(&db).await.unwrap();

        let endless = Author::objects().create(&db, |a| a.name("First").rank(1_000)).await.unwrap_err();
        assert!(matches!(endless, Error::HooksTooDeep { model: "Author", limit: DEEPEST }), "{endless}");
        assert_eq!(Author::objects().count(&db).await.unwrap(), 0);

        // Next to each other is not within each other.
        db.atomic(async |tx| {
            let all =
                (0..40).map(|n| Author::objects().create(tx, move |a| a.name(format!("Next {n}")).rank(0)));
            for made in join_all(all).await {
                made?;
            }
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(Author::objects().count(&db).await.unwrap(), 40);
    });
}

#[test]
fn a_hook_is_part_of_the_transaction_and_of_its_commit() {
    run(models![Author, Book, Chapter, Subject, Entry], async |db| {
        let hooked = db.with_hooks(|hooks| {
            hooks.after_save(async |tx: &Transaction<_>, author: &mut AfterSave<Author>| {
                let name = author.row.name.clone();
                tx.on_commit(async move { if name == "Eve" { Err("told") } else { Ok(()) } });
                note(tx, "seen").await
            })
        });
        let ended = hooked
            .atomic(async |tx| {
                Author::objects().create(tx, |a| a.name("Eve")).await?;
                Err::<(), _>(Error::hook(Veto("back")))
            })
            .await;
        assert_eq!(veto(&ended.unwrap_err()), Some("back"));
        assert!(noted(db).await.is_empty());
        assert!(matches!(
            Author::objects().create(&hooked, |a| a.name("Eve")).await,
            Err(Error::OnCommit(_))
        ));
        assert_eq!(noted(db).await, ["seen"]);
        assert_eq!(Author::objects().count(db).await.unwrap(), 1);
    });
}

#[test]
fn any_database_has_hooks() {
    run_by_url(async |_, url| {
        let db = orm::connect(url).await.unwrap();
        db.create_tables(models![Author, Book, Chapter, Subject, Entry]).await.unwrap();
        let db = db.with_hooks(|hooks| hooks.after_save(successor));
        let saved = tokio::spawn({
            let db = db.clone();
            async move { Author::objects().create(&db, |a| a.name("First").rank(2)).await.map(|first| first.rank) }
        });
        assert_eq!(saved.await.unwrap().unwrap(), 2);
        assert_eq!(Author::objects().count(&db).await.unwrap(), 3);
        db.close().await;
    });
}
