//! The rows of one relation of one row: read, created, added, removed and set, from both sides.

use orm::prelude::*;

use crate::support::{Db, in_statements, run, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "related_team", has_many(members = Player::team, fans = Player::likes))]
struct Team {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "related_player",
    ordering = [id],
    many_to_many(badges: Badge, friends: Player, symmetrical, clubs: Club, through = Membership(player, club)),
    many_to_many(follows: Player),
    has_many(memberships = Membership::player)
)]
struct Player {
    #[field(primary_key)]
    id: i64,
    team: Option<ForeignKey<Team>>,
    likes: Option<ForeignKey<Team>>,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "related_badge", ordering = [id], has_many(players = Player::badges))]
struct Badge {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "related_club", has_many(players = Player::clubs))]
struct Club {
    #[field(primary_key)]
    id: i64,
}

/// Nothing in the database keeps pairs from being there twice.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "related_membership", ordering = [id])]
struct Membership {
    #[field(primary_key)]
    id: i64,
    player: ForeignKey<Player>,
    club: ForeignKey<Club>,
    #[field(max_length = 20, default = "member")]
    role: String,
}

async fn players(db: &Db, names: &[&str]) -> Vec<Player> {
    let drafts = names.iter().map(|name| Player::draft().name(*name));
    Player::objects().bulk_create(db, drafts).await.unwrap()
}

async fn badges(db: &Db, names: &[&str]) -> Vec<Badge> {
    let drafts = names.iter().map(|name| Badge::draft().name(*name));
    Badge::objects().bulk_create(db, drafts).await.unwrap()
}

fn names(players: &[Player]) -> Vec<&str> {
    players.iter().map(|player| player.name.as_str()).collect()
}

#[test]
fn rows_that_hold_the_key() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let team = Team::objects().create(db, |t| t.name("Reds")).await.unwrap();
        let other = Team::objects().create(db, |t| t.name("Blues")).await.unwrap();
        let ann = team.related(|t| t.members).create(db, |p| p.name("ann")).await.unwrap();
        assert_eq!((ann.team, ann.likes), (Some(ForeignKey::to(&team)), None));
        let others = players(db, &["bob", "cyd"]).await;
        let members = || team.related(|t| t.members);

        assert_eq!(in_statements(1, members().add(db, &others)).await.unwrap(), 2);
        assert_eq!(names(&members().all(db).await.unwrap()), ["ann", "bob", "cyd"]);
        assert_eq!(members().filter(|p| p.name.gt("ann")).count(db).await.unwrap(), 2);
        assert!(members().contains(db, &ann).await.unwrap());
        // Who is added to one team leaves the other; who is of another team is not taken out of this one.
        assert_eq!(other.related(|t| t.members).add(db, [&ann]).await.unwrap(), 1);
        assert!(!members().contains(db, &ann).await.unwrap());
        assert_eq!(members().remove(db, [&ann]).await.unwrap(), 0);
        assert_eq!(members().remove(db, [&others[0]]).await.unwrap(), 1);

        members().set(db, [&ann, &others[0]]).await.unwrap();
        assert_eq!(names(&members().all(db).await.unwrap()), ["ann", "bob"]);
        members().set(db, [&ann]).await.unwrap();
        assert_eq!(names(&members().all(db).await.unwrap()), ["ann"]);
        assert_eq!(team.related(|t| t.fans).count(db).await.unwrap(), 0, "another relation of the same two");
        assert_eq!(members().clear(db).await.unwrap(), 1);
        assert!(!members().exists(db).await.unwrap());
        members().set(db, []).await.unwrap();
        assert_eq!(Player::objects().count(db).await.unwrap(), 3, "nobody is deleted");
    });
}

#[test]
fn rows_by_a_table_between() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let all = players(db, &["ann", "bob"]).await;
        let (gold, rest) = {
            let mut made = badges(db, &["gold", "iron", "tin"]).await;
            (made.remove(0), made)
        };
        let own = || all[0].related(|p| p.badges);

        in_statements(1, own().add(db, &rest)).await.unwrap();
        own().add(db, [&gold, &rest[0]]).await.unwrap();
        assert_eq!(own().count(db).await.unwrap(), 3, "no doubles");
        own().add(db, []).await.unwrap();
        assert!(own().contains(db, &gold).await.unwrap());
        assert_eq!(names(&gold.related(|b| b.players).all(db).await.unwrap()), ["ann"]);

        gold.related(|b| b.players).add(db, &all).await.unwrap();
        assert_eq!(gold.related(|b| b.players).count(db).await.unwrap(), 2);
        assert_eq!(own().remove(db, &rest).await.unwrap(), 2);
        own().set(db, [&rest[0], &gold]).await.unwrap();
        let found: Vec<i64> = own().all(db).await.unwrap().iter().map(|badge| badge.id).collect();
        assert_eq!(found, [gold.id, rest[0].id]);
        own().set(db, []).await.unwrap();
        assert_eq!(own().count(db).await.unwrap(), 0);
        assert_eq!(gold.related(|b| b.players).clear(db).await.unwrap(), 1);

        let zinc = own().create(db, |b| b.name("zinc")).await.unwrap();
        assert_eq!(own().all(db).await.unwrap(), [zinc]);
        let twice = own().create(db, |b| b.name("zinc")).await;
        assert!(twice.unwrap_err().is_unique_violation());
        assert_eq!(own().count(db).await.unwrap(), 1);
        assert_eq!(own().filter(|b| b.name.eq("zinc")).delete(db).await.unwrap(), 1);
    });
}

#[test]
fn what_holds_both_ways_is_written_both_ways() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let all = players(db, &["ann", "bob", "cyd"]).await;
        let friends = |at: usize| all[at].related(|p| p.friends);
        friends(0).add(db, &all[1..]).await.unwrap();
        assert_eq!(names(&friends(1).all(db).await.unwrap()), ["ann"]);
        friends(1).add(db, [&all[0], &all[1]]).await.unwrap();
        assert_eq!(names(&friends(1).all(db).await.unwrap()), ["ann", "bob"], "also a friend of oneself");
        assert_eq!(friends(2).remove(db, [&all[0]]).await.unwrap(), 2, "a row for each direction");
        assert_eq!(names(&friends(0).all(db).await.unwrap()), ["bob"]);
        friends(1).set(db, [&all[2]]).await.unwrap();
        assert_eq!(names(&friends(2).all(db).await.unwrap()), ["bob"]);
        assert!(!friends(0).exists(db).await.unwrap());
        friends(2).clear(db).await.unwrap();
        assert!(!friends(1).exists(db).await.unwrap());

        all[0].related(|p| p.follows).add(db, [&all[1]]).await.unwrap();
        assert!(!all[1].related(|p| p.follows).exists(db).await.unwrap(), "the other one does not");
    });
}

#[test]
fn a_model_of_ones_own_between_has_values() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let all = players(db, &["ann", "bob"]).await;
        let club = Club::objects().create(db, |c| c).await.unwrap();
        all[0].related(|p| p.clubs).add_with(db, [&club], |m| m.role("boss")).await.unwrap();
        // No constraint refuses a double, so those that are there are left out.
        club.related(|c| c.players).add(db, &all).await.unwrap();
        club.related(|c| c.players).add(db, [&all[1], &all[1]]).await.unwrap();
        let roles: Vec<String> = Membership::objects().values(|m| m.role).all(db).await.unwrap();
        assert_eq!(roles, ["boss", "member"]);
        let rows = Player::objects().prefetch_related(|p| p.memberships.select_related(|m| m.club));
        let rows = in_statements(2, rows.all(db)).await.unwrap();
        assert_eq!(rows[0].memberships()[0].role, "boss");
        assert_eq!(rows[1].memberships()[0].club(), &club);
        club.related(|c| c.players).set(db, [&all[0]]).await.unwrap();
        assert_eq!(Membership::objects().get(db).await.unwrap().role, "boss", "who stays keeps the values");
    });
}

#[test]
fn within_a_transaction_all_or_nothing() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let all = players(db, &["ann"]).await;
        let made = badges(db, &["gold", "iron"]).await;
        let own = || all[0].related(|p| p.badges);
        own().add(db, [&made[0]]).await.unwrap();
        let undone: orm::Result<()> = db
            .atomic(async |tx| {
                own().set(tx, [&made[1]]).await?;
                own().create(tx, |b| b.name("gold")).await.map(drop)
            })
            .await;
        assert!(undone.unwrap_err().is_unique_violation());
        assert_eq!(own().all(db).await.unwrap(), made[..1]);
        let gone = Badge { id: 99, name: "gone".into() };
        let missing = own().set(db, [&gone]).await;
        assert!(missing.is_err(), "there is no such badge");
        assert_eq!(own().all(db).await.unwrap(), made[..1], "what was there is there again");
    });
}

/// RELIABILITY: many who add the same at the same time.
#[test]
fn of_16_tasks_that_add_the_same_none_makes_a_double() {
    run_threaded(models![Team, Player, Badge, Club, Membership], async |db| {
        let all = players(db, &["ann"]).await;
        let made = badges(db, &["gold", "iron", "tin"]).await;
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (db, player, made) = (db.clone(), all[0].clone(), made.clone());
                tokio::spawn(async move { player.related(|p| p.badges).add(&db, &made).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(all[0].related(|p| p.badges).count(db).await.unwrap(), 3);
    });
}

#[test]
fn a_row_that_holds_the_key_is_found_or_made() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let [red, blue] = [1, 2].map(|id| Team { id, name: format!("team {id}") });
        for team in [&red, &blue] {
            Team::objects().create(db, |t| t.name(team.name.as_str())).await.unwrap();
        }
        let ann = async |team: &Team| {
            let members = team.related(|t| t.members);
            members.get_or_create(db, |p| p.name.eq("ann"), |p| p.name("ann")).await.unwrap()
        };
        let (of_red, new) = ann(&red).await;
        assert!(new && of_red.team == Some(ForeignKey::to(&red)));
        assert_eq!(ann(&red).await, (of_red.clone(), false));
        // That of another team is another one.
        let (of_blue, new) = ann(&blue).await;
        assert!(new && of_blue.team == Some(ForeignKey::to(&blue)) && of_blue.id != of_red.id);

        let rename = async |team: &Team, from: &str| {
            let members = team.related(|t| t.members);
            let done =
                members.update_or_create(db, |p| p.name.eq(from), |p| p.name.set("zoe"), |p| p.name(from));
            done.await.unwrap()
        };
        let (zoe, new) = rename(&red, "ann").await;
        assert_eq!((zoe.id, zoe.name.as_str(), new), (of_red.id, "zoe", false));
        let (ann, new) = rename(&red, "ann").await;
        assert!(new && ann.name == "ann" && ann.team == Some(ForeignKey::to(&red)));
        assert_eq!(blue.related(|t| t.members).all(db).await.unwrap(), [of_blue]);

        ann_twice(db, &red).await;
    });
}

/// Several rows that meet the condition are none that could be meant.
async fn ann_twice(db: &Db, team: &Team) {
    team.related(|t| t.members).create(db, |p| p.name("ann")).await.unwrap();
    let members = team.related(|t| t.members);
    let several = members.get_or_create(db, |p| p.name.eq("ann"), |p| p.name("ann")).await;
    assert!(matches!(several, Err(orm::Error::MultipleObjectsReturned { model: "Player" })));
}
