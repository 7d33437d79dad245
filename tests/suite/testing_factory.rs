//! Factories: rows of which a test says only what matters.

use orm::prelude::*;
use orm::testing::{Factory as _, Related};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone)]
#[model(table = "factory_writer")]
pub struct Writer {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30, unique)]
    pub name: String,
    pub teacher: Option<ForeignKey<Writer>>,
    #[field(default = 30)]
    pub age: i32,
}

#[derive(Model, Debug, Clone)]
#[model(table = "factory_story")]
pub struct Story {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30)]
    pub title: String,
    pub writer: ForeignKey<Writer>,
    pub editor: Option<ForeignKey<Writer>>,
    pub stars: Option<i32>,
    #[field(auto_now_add)]
    pub created: DateTime<Utc>,
}

#[derive(orm::Factory)]
#[factory(Writer)]
struct WriterFactory {
    #[factory(sequence = |n| format!("writer {n}"))]
    name: String,
    teacher: Option<Related<WriterFactory>>,
}

fn invented() -> &'static str {
    "Once"
}

#[derive(orm::Factory)]
#[factory(Story)]
struct StoryFactory {
    #[factory(default = invented())]
    title: String,
    writer: Related<WriterFactory>,
    #[factory(made)]
    editor: Option<Related<WriterFactory>>,
    stars: Option<i32>,
}

impl StoryFactory {
    fn praised(self) -> Self {
        self.stars(5)
    }
}

fn with_tables(test: impl AsyncFnOnce(&Db)) {
    run(models![Writer, Story], test);
}

async fn writers(db: &Db) -> u64 {
    Writer::objects().count(db).await.unwrap()
}

#[test]
fn what_is_not_given_is_made() {
    with_tables(async |db| {
        let story = StoryFactory::new().create(db).await.unwrap();
        assert_eq!((story.title.as_str(), story.stars), ("Once", None));
        assert!(story.editor.is_some());
        assert_eq!(writers(db).await, 2);
        assert!(Writer::objects().all(db).await.unwrap().iter().all(|writer| writer.age == 30));
    });
}

#[test]
fn what_is_given_is_taken() {
    with_tables(async |db| {
        let eve = WriterFactory::new().name("eve").create(db).await.unwrap();
        let story =
            StoryFactory::new().writer(&eve).editor(&eve).title("Twice").praised().create(db).await.unwrap();
        assert_eq!((story.writer.key(), story.stars, story.title.as_str()), (&eve.id, Some(5), "Twice"));
        assert_eq!(writers(db).await, 1);

        let story = StoryFactory::new().editor(&eve).writer_with(|writer| writer.name("bob").teacher(&eve));
        let story = story.create(db).await.unwrap();
        let bob = Writer::objects().pk(*story.writer.key()).get(db).await.unwrap();
        assert_eq!((bob.name.as_str(), bob.teacher), ("bob", Some(ForeignKey::from(&eve))));

        // A factory of rows that point at rows of the same model.
        let pupil =
            WriterFactory::new().teacher_with(|teacher| teacher.teacher(&eve)).create(db).await.unwrap();
        assert!(pupil.teacher.is_some());
        assert_eq!(writers(db).await, 4);
    });
}

#[test]
fn many_rows_are_one_statement() {
    with_tables(async |db| {
        let eve = WriterFactory::new().create(db).await.unwrap();
        let many = StoryFactory::create_many(db, 20, |story| story.writer(&eve).editor(&eve));
        let stories = orm::assert_queries!(..=5, many).unwrap();
        assert_eq!(stories.len(), 20);

        let writers = WriterFactory::create_many(db, 5, |writer| writer).await.unwrap();
        let mut names: Vec<_> = writers.into_iter().map(|writer| writer.name).collect();
        names.dedup();
        assert_eq!(names.len(), 5);
    });
}

#[test]
fn many_rows_are_there_or_none() {
    with_tables(async |db| {
        let before = writers(db).await;
        let same = StoryFactory::create_many(db, 3, |story| story.writer_with(|writer| writer.name("eve")));
        assert!(same.await.is_err_and(|error| error.is_unique_violation()));
        assert_eq!(writers(db).await, before, "the first writer was made before the second was refused");
    });
}

#[test]
fn values_without_a_database() {
    with_tables(async |db| {
        let eve = WriterFactory::new().create(db).await.unwrap();
        let new =
            orm::assert_queries!(0, StoryFactory::new().writer(&eve).editor(&eve).into_new(db)).unwrap();
        assert_eq!(new.title, "Once");
        Story::objects().insert(db, new).await.unwrap();
    });
}
