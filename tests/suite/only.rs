//! Rows of which some fields are loaded, known to the compiler.

use orm::model::{HasField, LoadedFields, PartialRow};
use orm::prelude::*;

use crate::support::run;

#[derive(Model, Debug, Clone)]
struct Team {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Model, Debug, Clone)]
#[model(ordering = [name])]
struct Player {
    #[field(primary_key)]
    id: i64,
    team: Option<ForeignKey<Team>>,
    #[field(max_length = 50)]
    name: String,
    nick: Option<String>,
    goals: i32,
    #[field(max_digits = 10, decimal_places = 2)]
    salary: Decimal,
    r#type: i16,
    notes: Deferred<String>,
}

async fn fill(db: &crate::support::Db) {
    let team = Team::objects().create(db, |t| t.name("Reds")).await.unwrap();
    for (name, nick, goals) in [("Bo", Some("B"), 3), ("Al", None, 5)] {
        let nick = nick.map(str::to_owned);
        Player::objects()
            .create(db, |p| {
                let p = p.name(name).goals(goals).salary(Decimal::ONE).r#type(1_i16).notes("fast");
                p.team(&team).nick(nick)
            })
            .await
            .unwrap();
    }
}

/// Any row that has a name.
fn shout<L: LoadedFields + HasField<player::name, I, String>, I>(player: &PartialRow<Player, L>) -> String {
    player.name().to_uppercase()
}

#[test]
fn the_fields_that_were_loaded_have_accessors() {
    run(models![Team, Player], async |db| {
        fill(db).await;
        let rows =
            Player::objects().only(|p| (p.goals, p.name, p.nick, p.team, p.r#type)).all(db).await.unwrap();
        let [al, bo] = rows.as_slice() else { panic!("two rows") };
        assert_eq!((al.name().as_str(), *al.goals(), al.nick().as_deref(), *al.r#type()), ("Al", 5, None, 1));
        assert_eq!((bo.name().as_str(), *bo.goals(), bo.nick().as_deref()), ("Bo", 3, Some("B")));
        assert_eq!(*bo.team(), Some(ForeignKey::new(1)));
        assert_eq!(shout(bo), "BO");
        let single = Player::objects().only(|p| p.name).filter(|p| p.goals.gt(4)).get(db).await.unwrap();
        assert_eq!(shout(&single), "AL");
        let key = Player::objects().only(|p| p.team).first(db).await.unwrap().unwrap();
        assert_eq!(*key.team(), Some(ForeignKey::new(1)));
    });
}

#[test]
fn only_they_are_selected() {
    let sql = Player::objects().only(|p| (p.name, p.team)).sql(Dialect::Postgres).unwrap();
    assert_eq!(sql, r#"SELECT "name", "team_id" FROM "player" ORDER BY "name""#);
}

#[test]
fn partial_rows_are_values() {
    run(models![Team, Player], async |db| {
        fill(db).await;
        let rows = Player::objects().only(|p| (p.id, p.name, p.salary)).all(db).await.unwrap();
        assert_eq!(format!("{:?}", rows[0]), r#"Player { id: 2, name: "Al", salary: 1.00, .. }"#);
        assert_eq!(rows[0].clone(), rows[0]);
        assert_ne!(rows[0], rows[1]);
        let named = Player::objects().only(|p| (p.id, p.name, p.nick)).all(db).await.unwrap();
        assert_eq!(
            serde_json::to_string(&named).unwrap(),
            r#"[{"id":2,"name":"Al","nick":null},{"id":1,"name":"Bo","nick":"B"}]"#
        );
    });
}

#[test]
fn partial_rows_are_refined_like_any_query() {
    run(models![Team, Player], async |db| {
        fill(db).await;
        let names = Player::objects().only(|p| p.name);
        let by_team = names.clone().filter(|p| p.team.name.eq("Reds")).order_by(|p| p.goals);
        assert_eq!(by_team.all(db).await.unwrap().iter().map(shout).collect::<Vec<_>>(), ["BO", "AL"]);
        assert_eq!(names.clone().count(db).await.unwrap(), 2);
        let mut rows = names.clone().stream(db);
        assert_eq!(rows.try_next().await.unwrap().map(|row| shout(&row)).as_deref(), Some("AL"));
        drop(rows);
        let teams = Player::objects().only(|p| p.team).distinct().all(db).await.unwrap();
        assert_eq!(teams.len(), 1);
        let all = names.clone().union_all(names).all(db).await.unwrap();
        assert_eq!(all.len(), 4);
    });
}

#[test]
fn a_deferred_field_can_be_among_them() {
    run(models![Team, Player], async |db| {
        fill(db).await;
        let row =
            Player::objects().defer(|p| p.notes).only(|p| (p.id, p.notes)).first(db).await.unwrap().unwrap();
        assert_eq!(row.notes(), "fast");
    });
}

#[test]
fn a_field_is_named_once() {
    let twice = Player::objects().only(|p| (p.name, p.id, p.name)).sql(Dialect::Sqlite).unwrap_err();
    assert_eq!(twice.to_string(), "invalid query: `Player.name` is named twice in `only`");
}
