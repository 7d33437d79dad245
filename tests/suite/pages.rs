//! Numbered pages and pages with cursors.

use orm::Error;
use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Team {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Player {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    points: Option<i32>,
    #[field(max_digits = 6, decimal_places = 2)]
    worth: Decimal,
    single: f32,
    double: f64,
    since: DateTime<Utc>,
    day: Option<NaiveDate>,
    code: Uuid,
    data: Deferred<Vec<u8>>,
    active: bool,
    team: Option<ForeignKey<Team>>,
}

#[derive(Projection, Debug, Clone, PartialEq)]
#[projection(Player)]
struct Card {
    points: Option<i32>,
    #[projection(path = team.name)]
    team: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(a, b))]
struct Pair {
    a: i64,
    #[field(max_length = 10)]
    b: String,
    n: i32,
}

const POINTS: [Option<i32>; 11] =
    [Some(3), None, Some(3), Some(1), None, Some(7), Some(3), Some(1), None, Some(0), Some(-2)];

async fn add(db: &Db, name: &str, points: Option<i32>, n: u32) {
    let time = DateTime::from_timestamp(1_700_000_000 + i64::from(n % 4), n % 3 * 1_000).unwrap();
    Player::objects()
        .create(db, |p| {
            p.name(name)
                .points(points)
                .worth(Decimal::new(i64::from(n % 5) * 150, 2))
                .single([0.1, 2.5, -7.3][n as usize % 3])
                .double([0.1, 1e300, -0.3][n as usize % 3])
                .since(time)
                .day((!n.is_multiple_of(3)).then(|| time.date_naive()))
                .code(Uuid::from_u128(u128::from(n % 4)))
                .data(vec![u8::try_from(n % 3).unwrap(), 0])
                .active(n.is_multiple_of(2))
                .team((!n.is_multiple_of(3)).then(|| ForeignKey::new(i64::from(n % 3))))
        })
        .await
        .unwrap();
}

fn with_players(test: impl AsyncFnOnce(&Db)) {
    run(models![Team, Player, Pair], async |db| {
        Team::objects().create(db, |t| t.name("red")).await.unwrap();
        Team::objects().create(db, |t| t.name(None::<String>)).await.unwrap();
        for (n, points) in POINTS.into_iter().enumerate() {
            add(db, ["a", "B", "ä"][n % 3], points, u32::try_from(n).unwrap()).await;
        }
        test(db).await;
    });
}

fn ids(players: &[Player]) -> Vec<i64> {
    players.iter().map(|player| player.id).collect()
}

#[test]
fn numbered_pages() {
    with_players(async |db| {
        let players = || Player::objects().order_by(|p| p.points.desc());
        let all = ids(&players().order_by(|p| (p.points.desc(), p.id)).all(db).await.unwrap());
        let mut seen = Vec::new();
        for number in 1..=4 {
            let page = players().page(db, number, 3).await.unwrap();
            assert_eq!((page.number, page.per_page, page.total, page.pages), (number, 3, 11, 4));
            assert_eq!((page.has_previous(), page.has_next()), (number > 1, number < 4));
            assert_eq!(page.end_index() - page.start_index() + 1, page.items.len() as u64);
            seen.extend(ids(&page.items));
        }
        assert_eq!(seen, all);
        for number in [0, 5, u64::MAX] {
            let error = players().page(db, number, 3).await.unwrap_err();
            assert!(matches!(error, Error::NoSuchPage { pages: 4, .. }), "{error}");
        }
        assert_eq!(
            players().page(db, 5, 3).await.unwrap_err().to_string(),
            "there is no page 5; the last one is 4"
        );
        assert!(matches!(players().page(db, 1, 0).await, Err(Error::InvalidQuery(_))));
        let last = players().page_with(db, 99, PageOptions::new(3).orphans(2).clamp()).await.unwrap();
        assert_eq!((last.number, last.pages, last.items.len()), (3, 3, 5));
    });
}

#[test]
fn pages_of_nothing_of_slices_and_of_values() {
    with_players(async |db| {
        let none = Player::objects().filter(|p| p.name.eq("nobody")).page(db, 1, 5).await.unwrap();
        assert_eq!((none.items.len(), none.total, none.pages), (0, 0, 1));
        assert_eq!((none.start_index(), none.end_index(), none.has_next()), (0, 0, false));
        assert_eq!(Player::objects().none().page(db, 1, 5).await.unwrap().total, 0);

        let slice = Player::objects().order_by(|p| p.id).slice(2..9);
        let page = slice.page(db, 2, 4).await.unwrap();
        assert_eq!((ids(&page.items), page.total, page.pages), (vec![7, 8, 9], 7, 2));

        let names = Player::objects().order_by(|p| p.name).values(|p| p.name).distinct();
        let page = names.page(db, 2, 2).await.unwrap();
        assert_eq!((page.items.len(), page.total), (1, 3));
        let groups = Player::objects().values(|p| (p.points, p.id.count())).order_by(|p| p.points);
        let page = groups.page(db, 1, 2).await.unwrap();
        assert_eq!((page.items, page.total), (vec![(Some(-2), 1), (Some(0), 1)], 6));
    });
}

/// All rows, by turning pages forwards; and the same backwards.
async fn turned(db: &Db, query: &QuerySet<Player>, limit: u64) -> Vec<i64> {
    let mut forwards = Vec::new();
    let mut page = query.clone().cursor_page(db, CursorOptions::new(limit)).await.unwrap();
    assert!(page.previous.is_none());
    loop {
        forwards.extend(ids(&page.items));
        let Some(next) = &page.next else { break };
        page = query.clone().cursor_page(db, CursorOptions::new(limit).after(next.as_str())).await.unwrap();
        assert!(page.previous.is_some() && !page.items.is_empty());
    }
    let mut backwards = ids(&page.items);
    while let Some(previous) = &page.previous {
        let options = CursorOptions::new(limit).before(previous.as_str());
        page = query.clone().cursor_page(db, options).await.unwrap();
        assert!(page.next.is_some());
        backwards.splice(0..0, ids(&page.items));
    }
    assert_eq!(forwards, backwards);
    forwards
}

#[test]
fn cursors_turn_every_order_without_gaps() {
    with_players(async |db| {
        let players = Player::objects;
        // Each ends with the key, so that its order is known without pages.
        let queries = [
            players().order_by(|p| p.id),
            players().order_by(|p| (p.points, p.id)),
            players().order_by(|p| (p.points.desc(), p.id)),
            players().order_by(|p| (p.points.asc().nulls_first(), p.id.desc())),
            players().order_by(|p| (p.points.desc().nulls_last(), p.id)),
            players().order_by(|p| (p.active.desc(), p.points.asc(), p.name.desc(), p.id)),
            players().order_by(|p| (p.worth.desc(), p.id.desc())),
            players().order_by(|p| (p.single, p.double.desc(), p.id)),
            players().order_by(|p| (p.since.desc(), p.code, p.id)),
            players().order_by(|p| (p.day.desc(), p.data.desc(), p.id)),
            players().order_by(|p| (p.team.name, p.id)),
            players().order_by(|p| (p.team.name.desc(), p.team.desc().nulls_last(), p.id)),
            players().order_by(|p| ((p.points * 2 + 1).desc(), p.id)),
            players().order_by(|p| (p.points.coalesce(0), p.name, p.id)),
            players().order_by(|p| (p.points.is_null().asc(), p.name, p.id)),
            players().filter(|p| p.points.is_not_null()).order_by(|p| (p.name, p.id)).reverse(),
        ];
        for (at, query) in queries.into_iter().enumerate() {
            let expected = ids(&query.clone().all(db).await.unwrap());
            for limit in [1, 3, 11, 100] {
                assert_eq!(turned(db, &query, limit).await, expected, "query {at} with pages of {limit}");
            }
        }
        // The key is appended where it is missing.
        let expected = ids(&players().order_by(|p| (p.points.desc(), p.id)).all(db).await.unwrap());
        assert_eq!(turned(db, &players().order_by(|p| p.points.desc()), 2).await, expected);
        assert_eq!(turned(db, &players(), 4).await, (1..=11).collect::<Vec<_>>());
    });
}

#[test]
fn pages_stay_joined_while_rows_come_and_go() {
    with_players(async |db| {
        let query = Player::objects().order_by(|p| p.points.desc().nulls_last());
        let first = query.clone().cursor_page(db, CursorOptions::new(4)).await.unwrap();
        // Before the page, behind it, and the row of the cursor itself.
        add(db, "new", Some(100), 0).await;
        add(db, "new", Some(-100), 1).await;
        Player::objects().pk(first.items[3].id).delete(db).await.unwrap();
        let mut seen = ids(&first.items);
        let mut next = first.next;
        while let Some(cursor) = next {
            let page =
                query.clone().cursor_page(db, CursorOptions::new(4).after(cursor.as_str())).await.unwrap();
            seen.extend(ids(&page.items));
            next = page.next;
        }
        let mut unique = seen.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), seen.len(), "no row twice");
        assert!((1..=11).all(|id| seen.contains(&id)), "none is missing: {seen:?}");
        assert!(seen.contains(&13) && !seen.contains(&12), "{seen:?}");
    });
}

#[test]
fn annotated_rows_and_composite_keys() {
    with_players(async |db| {
        let query = Player::objects().order_by(|p| p.points).annotate(|p| (p.team.name, p.points.is_null()));
        let first = query.clone().cursor_page(db, CursorOptions::new(6)).await.unwrap();
        let options = CursorOptions::new(6).after(first.next.as_deref());
        let second = query.cursor_page(db, options).await.unwrap();
        assert_eq!((first.items.len(), second.items.len()), (6, 5));
        let (player, _, is_null) = &second.items[4];
        assert!(player.points.is_none() && *is_null);

        for (a, b, n) in [(1, "x", 2), (1, "y", 1), (2, "x", 1), (0, "z", 1)] {
            Pair::objects().create(db, |p| p.a(a).b(b).n(n)).await.unwrap();
        }
        let query = Pair::objects().order_by(|p| p.n);
        let first = query.clone().cursor_page(db, CursorOptions::new(2)).await.unwrap();
        let second = query.cursor_page(db, CursorOptions::new(2).after(first.next.as_deref())).await.unwrap();
        let keys: Vec<_> =
            first.items.iter().chain(&second.items).map(|pair| (pair.a, pair.b.as_str())).collect();
        assert_eq!(keys, [(0, "z"), (1, "y"), (2, "x"), (1, "x")]);
    });
}

#[test]
fn values_projections_and_deferred_rows() {
    with_players(async |db| {
        let players = || Player::objects().order_by(|p| p.points.desc());
        let (first, rest) = (CursorOptions::new(4), CursorOptions::new(100));

        let pages = players().values(|p| (p.name, p.points));
        let all = players()
            .order_by(|p| (p.points.desc(), p.id))
            .values(|p| (p.name, p.points))
            .all(db)
            .await
            .unwrap();
        let page = pages.clone().cursor_page(db, first).await.unwrap();
        let behind = pages.cursor_page(db, rest.after(page.next.as_deref())).await.unwrap();
        assert_eq!([page.items, behind.items].concat(), all);

        let pages = players().project::<Card>();
        let all = players().order_by(|p| (p.points.desc(), p.id)).project::<Card>().all(db).await.unwrap();
        let page = pages.clone().cursor_page(db, first).await.unwrap();
        let behind = pages.cursor_page(db, rest.after(page.next.as_deref())).await.unwrap();
        assert_eq!([page.items, behind.items].concat(), all);

        let pages = players().defer(|p| p.data);
        let page = pages.clone().cursor_page(db, first).await.unwrap();
        let behind = pages.clone().cursor_page(db, rest.after(page.next.as_deref())).await.unwrap();
        assert_eq!((page.items.len(), behind.items.len()), (4, 7));
        assert!(behind.items.iter().all(|player| !player.data.is_loaded()));
        assert_eq!(pages.page(db, 2, 10).await.unwrap().items.len(), 1);

        for groups in [
            Player::objects().values(|p| (p.name, p.id.count())).cursor_page(db, first).await.err(),
            players().values(|p| (p.name, p.id)).distinct().cursor_page(db, first).await.err(),
        ] {
            assert!(matches!(groups, Some(Error::InvalidQuery(_))), "{groups:?}");
        }
    });
}

#[test]
fn foreign_and_damaged_cursors_are_refused() {
    with_players(async |db| {
        let by_points = Player::objects().order_by(|p| p.points);
        let cursor = by_points.clone().cursor_page(db, CursorOptions::new(1)).await.unwrap().next.unwrap();
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{cursor}");
        let refused = async |query: QuerySet<Player>, cursor: &str| {
            let error = query.cursor_page(db, CursorOptions::new(1).after(cursor)).await.unwrap_err();
            assert!(matches!(error, Error::InvalidCursor(_)), "{error}");
        };
        refused(Player::objects().order_by(|p| p.points.desc()), &cursor).await;
        refused(Player::objects().order_by(|p| p.points.asc().nulls_first()), &cursor).await;
        refused(Player::objects().order_by(|p| p.name), &cursor).await;
        refused(Player::objects(), &cursor).await;
        for text in ["", "x", "'; DROP TABLE player; --", &cursor[1..], &format!("{cursor}A")] {
            refused(by_points.clone(), text).await;
        }
        let team = Team::objects().cursor_page(db, CursorOptions::new(1)).await.unwrap().next.unwrap();
        refused(Player::objects(), &team).await;
        // Another condition is another view of the same order.
        let filtered = by_points.filter(|p| p.points.gt(0));
        let page = filtered.cursor_page(db, CursorOptions::new(20).after(cursor.as_str())).await.unwrap();
        assert_eq!(page.items.len(), 6);
    });
}

#[test]
fn what_has_no_cursors_says_so() {
    with_players(async |db| {
        let players = Player::objects;
        for query in [
            players().limit(3),
            players().order_by(|_| random()),
            players().order_by(|p| p.double * random()),
            players().order_by(|p| row_number().order_by(p.points.asc()).asc()),
        ] {
            let error = query.cursor_page(db, CursorOptions::new(1)).await.unwrap_err();
            assert!(matches!(error, Error::InvalidQuery(_)), "{error}");
        }
        let both = CursorOptions::new(1).after("x").before("y");
        assert!(matches!(players().cursor_page(db, both).await, Err(Error::InvalidQuery(_))));
        assert!(matches!(
            players().cursor_page(db, CursorOptions::new(0)).await,
            Err(Error::InvalidQuery(_))
        ));
        let most = players().cursor_page(db, CursorOptions::new(u64::MAX)).await.unwrap();
        assert_eq!((most.items.len(), most.next), (11, None));
        assert!(players().none().cursor_page(db, CursorOptions::new(1)).await.unwrap().items.is_empty());
    });
}
