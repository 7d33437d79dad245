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

#[test]
fn a_row_by_a_table_between_is_found_or_made_and_related() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let all = players(db, &["ann", "bob"]).await;
        let gold = async |player: &Player| {
            let own = player.related(|p| p.badges);
            own.get_or_create(db, |b| b.name.eq("gold"), |b| b.name("gold")).await
        };
        let (made, new) = gold(&all[0]).await.unwrap();
        assert!(new && all[0].related(|p| p.badges).contains(db, &made).await.unwrap());
        assert_eq!(in_statements(1, gold(&all[0])).await.unwrap(), (made.clone(), false));
        // That of somebody else is none of one's own, and in the way of another.
        assert!(gold(&all[1]).await.unwrap_err().is_unique_violation());
        assert_eq!(all[1].related(|p| p.badges).count(db).await.unwrap(), 0);

        let rename = async |player: &Player, from: &str, to: &str| {
            let own = player.related(|p| p.badges);
            let done = own.update_or_create(db, |b| b.name.eq(from), |b| b.name.set(to), |b| b.name(from));
            done.await
        };
        assert_eq!(
            rename(&all[0], "gold", "old").await.unwrap(),
            (Badge { id: made.id, name: "old".into() }, false)
        );
        let (new_gold, new) = rename(&all[0], "gold", "old").await.unwrap();
        assert_eq!((new_gold.name.as_str(), new), ("gold", true));
        assert_eq!(all[0].related(|p| p.badges).all(db).await.unwrap().len(), 2);
        assert!(rename(&all[0], "gold", "old").await.unwrap_err().is_unique_violation());
        assert!(rename(&all[1], "old", "x").await.unwrap_err().is_unique_violation());

        // Within a transaction what is taken undoes its own block only.
        let done = db.atomic(async |tx| {
            let own = all[1].related(|p| p.badges);
            let taken = own.get_or_create(tx, |b| b.name.eq("gold"), |b| b.name("gold")).await;
            assert!(taken.unwrap_err().is_unique_violation());
            own.get_or_create(tx, |b| b.name.eq("tin"), |b| b.name("tin")).await.map(drop)?;
            own.get_or_create(tx, |b| b.name.eq("tin"), |b| b.name("tin")).await
        });
        assert!(matches!(done.await.unwrap(), (tin, false) if tin.name == "tin"));
    });
}

#[test]
fn a_row_of_a_symmetrical_relation_or_one_with_values_between_is_found_or_made() {
    run(models![Team, Player, Badge, Club, Membership], async |db| {
        let ann = players(db, &["ann"]).await.remove(0);
        let friends = ann.related(|p| p.friends);
        let bob = async || friends.get_or_create(db, |p| p.name.eq("bob"), |p| p.name("bob")).await.unwrap();
        let (found, new) = bob().await;
        assert!(new);
        assert_eq!(bob().await, (found.clone(), false));
        assert_eq!(names(&found.related(|p| p.friends).all(db).await.unwrap()), ["ann"]);

        let clubs = ann.related(|p| p.clubs);
        let (club, new) = clubs.get_or_create(db, |c| c.id.ge(1), |c| c).await.unwrap();
        assert!(new);
        assert_eq!(clubs.get_or_create(db, |c| c.id.ge(1), |c| c).await.unwrap(), (club, false));
        assert_eq!(Membership::objects().get(db).await.unwrap().role, "member");

        let nobody = Player { id: 99, ..ann.clone() };
        let failed = nobody.related(|p| p.badges);
        let failed = failed.get_or_create(db, |b| b.name.eq("gold"), |b| b.name("gold")).await;
        assert!(failed.is_err(), "there is no such player");
        assert_eq!(Badge::objects().count(db).await.unwrap(), 0, "neither is there the row");
    });
}

/// RELIABILITY: 32 tasks on the same relation.
#[test]
fn of_32_tasks_one_makes_the_related_row() {
    run_threaded(models![Team, Player, Badge, Club, Membership], async |db| {
        let ann = players(db, &["ann"]).await.remove(0);
        let tasks: Vec<_> = (0..32)
            .map(|task| {
                let (db, ann) = (db.clone(), ann.clone());
                tokio::spawn(async move {
                    let mut made = 0;
                    for round in 0..5 {
                        let name = format!("badge {round}");
                        let name = name.as_str();
                        let own = ann.related(|p| p.badges);
                        let (badge, new) = if task % 2 == 0 {
                            own.get_or_create(&db, |b| b.name.eq(name), |b| b.name(name)).await?
                        } else {
                            own.update_or_create(
                                &db,
                                |b| b.name.eq(name),
                                |b| b.name.set(name),
                                |b| b.name(name),
                            )
                            .await?
                        };
                        assert_eq!(badge.name, name);
                        // Whoever gets the row finds it related.
                        assert!(own.contains(&db, &badge).await?);
                        made += usize::from(new);
                    }
                    Ok::<_, orm::Error>(made)
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            made += task.await.expect("no panic").expect("no error");
        }
        assert_eq!(made, 5, "one task makes each row");
        assert_eq!(ann.related(|p| p.badges).count(db).await.unwrap(), 5);
        assert_eq!(Badge::objects().count(db).await.unwrap(), 5);
    });
}
