//! Related rows within a projection: joins, and the keys that lists are found by.

use orm::prelude::*;

use super::{Expected, texts};

#[derive(Model, Debug)]
struct Team {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Model, Debug)]
#[model(has_many(items = Item::owner))]
struct Owner {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
    team: Option<ForeignKey<Team>>,
}

#[derive(Model, Debug)]
#[model(many_to_many(tags: Label))]
struct Item {
    #[field(primary_key)]
    id: i64,
    owner: ForeignKey<Owner>,
    keeper: Option<ForeignKey<Owner>>,
    #[field(max_length = 50)]
    title: String,
    price: i64,
}

#[derive(Model, Debug)]
struct Label {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Projection, Debug)]
#[projection(Item)]
#[allow(dead_code, reason = "only its text is looked at")]
struct ItemCard {
    title: String,
    owner: OwnerCard,
    keeper: Option<OwnerCard>,
}

#[derive(Projection, Debug)]
#[projection(Owner)]
#[allow(dead_code, reason = "only its text is looked at")]
struct OwnerCard {
    name: String,
    team: Option<TeamCard>,
}

#[derive(Projection, Debug)]
#[projection(Team)]
#[allow(dead_code, reason = "only its text is looked at")]
struct TeamCard {
    name: String,
}

/// The related key is a column of this side: nothing is joined.
#[derive(Projection, Debug)]
#[projection(Item)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Keys {
    owner: Key,
    tags: Vec<LabelName>,
}

#[derive(Projection, Debug)]
#[projection(Owner)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Key {
    id: i64,
    items: Vec<Title>,
}

#[derive(Projection, Debug)]
#[projection(Item)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Title {
    title: String,
}

#[derive(Projection, Debug)]
#[projection(Label)]
#[allow(dead_code, reason = "only its text is looked at")]
struct LabelName {
    name: String,
}

/// Expressions of a related row, about that row.
#[derive(Projection, Debug)]
#[projection(Item)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Computed {
    keeper: Option<Worth>,
}

#[derive(Projection, Debug)]
#[projection(Owner)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Worth {
    #[projection(expr = |o| o.items.filter(|i| i.price.gt(5)).count())]
    items: i64,
    #[projection(path = team.name)]
    team: Option<String>,
    #[projection(expr = |o| subquery(Item::objects().filter(|i| i.owner.team.name.eq(o.team.name.outer())).values(|i| i.price)))]
    price: Option<i64>,
}

#[derive(Projection, Debug)]
#[projection(Item)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Sum {
    keeper: Option<Name>,
    #[projection(expr = |i| i.price.sum())]
    price: Option<i64>,
}

#[derive(Projection, Debug)]
#[projection(Owner)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Name {
    name: String,
}

#[test]
fn related_rows_are_joined_and_one_that_may_be_missing_says_whether_it_is_there() {
    texts(
        &Item::objects().project::<ItemCard>(),
        &Expected {
            postgres: r#"SELECT "item"."title", "a1"."name", "a2"."id" IS NOT NULL, "a2"."name", "a3"."id" IS NOT NULL, "a3"."name", "a4"."id" IS NOT NULL, "a4"."name" FROM "item" INNER JOIN "owner" AS "a1" ON "item"."owner_id" = "a1"."id" LEFT JOIN "team" AS "a2" ON "a1"."team_id" = "a2"."id" LEFT JOIN "owner" AS "a3" ON "item"."keeper_id" = "a3"."id" LEFT JOIN "team" AS "a4" ON "a3"."team_id" = "a4"."id""#,
            mysql: "SELECT `item`.`title`, `a1`.`name`, `a2`.`id` IS NOT NULL, `a2`.`name`, `a3`.`id` IS NOT NULL, `a3`.`name`, `a4`.`id` IS NOT NULL, `a4`.`name` FROM `item` INNER JOIN `owner` AS `a1` ON `item`.`owner_id` = `a1`.`id` LEFT JOIN `team` AS `a2` ON `a1`.`team_id` = `a2`.`id` LEFT JOIN `owner` AS `a3` ON `item`.`keeper_id` = `a3`.`id` LEFT JOIN `team` AS `a4` ON `a3`.`team_id` = `a4`.`id`",
            mariadb: "SELECT `item`.`title`, `a1`.`name`, `a2`.`id` IS NOT NULL, `a2`.`name`, `a3`.`id` IS NOT NULL, `a3`.`name`, `a4`.`id` IS NOT NULL, `a4`.`name` FROM `item` INNER JOIN `owner` AS `a1` ON `item`.`owner_id` = `a1`.`id` LEFT JOIN `team` AS `a2` ON `a1`.`team_id` = `a2`.`id` LEFT JOIN `owner` AS `a3` ON `item`.`keeper_id` = `a3`.`id` LEFT JOIN `team` AS `a4` ON `a3`.`team_id` = `a4`.`id`",
            sqlite: r#"SELECT "item"."title", "a1"."name", "a2"."id" IS NOT NULL, "a2"."name", "a3"."id" IS NOT NULL, "a3"."name", "a4"."id" IS NOT NULL, "a4"."name" FROM "item" INNER JOIN "owner" AS "a1" ON "item"."owner_id" = "a1"."id" LEFT JOIN "team" AS "a2" ON "a1"."team_id" = "a2"."id" LEFT JOIN "owner" AS "a3" ON "item"."keeper_id" = "a3"."id" LEFT JOIN "team" AS "a4" ON "a3"."team_id" = "a4"."id""#,
        },
    );
}

#[test]
fn a_list_selects_the_key_that_its_rows_are_found_by() {
    texts(
        &Item::objects().project::<Keys>(),
        &Expected {
            postgres: r#"SELECT "owner_id", "owner_id", "id" FROM "item""#,
            mysql: "SELECT `owner_id`, `owner_id`, `id` FROM `item`",
            mariadb: "SELECT `owner_id`, `owner_id`, `id` FROM `item`",
            sqlite: r#"SELECT "owner_id", "owner_id", "id" FROM "item""#,
        },
    );
}

#[test]
fn expressions_of_a_related_row_are_about_that_row() {
    texts(
        &Item::objects().project::<Computed>(),
        &Expected {
            postgres: r#"SELECT "a1"."id" IS NOT NULL, (SELECT COUNT(*) FROM "item" AS "a2" WHERE "a2"."price" > $1 AND "a2"."owner_id" = "item"."keeper_id"), "a3"."name", (SELECT "a4"."price" FROM "item" AS "a4" INNER JOIN "owner" AS "a5" ON "a4"."owner_id" = "a5"."id" INNER JOIN "team" AS "a6" ON "a5"."team_id" = "a6"."id" WHERE "a6"."name" = "a3"."name") FROM "item" LEFT JOIN "owner" AS "a1" ON "item"."keeper_id" = "a1"."id" LEFT JOIN "team" AS "a3" ON "a1"."team_id" = "a3"."id""#,
            mysql: "SELECT `a1`.`id` IS NOT NULL, (SELECT COUNT(*) FROM `item` AS `a2` WHERE `a2`.`price` > ? AND `a2`.`owner_id` = `item`.`keeper_id`), `a3`.`name`, (SELECT `a4`.`price` FROM `item` AS `a4` INNER JOIN `owner` AS `a5` ON `a4`.`owner_id` = `a5`.`id` INNER JOIN `team` AS `a6` ON `a5`.`team_id` = `a6`.`id` WHERE `a6`.`name` = `a3`.`name`) FROM `item` LEFT JOIN `owner` AS `a1` ON `item`.`keeper_id` = `a1`.`id` LEFT JOIN `team` AS `a3` ON `a1`.`team_id` = `a3`.`id`",
            mariadb: "SELECT `a1`.`id` IS NOT NULL, (SELECT COUNT(*) FROM `item` AS `a2` WHERE `a2`.`price` > ? AND `a2`.`owner_id` = `item`.`keeper_id`), `a3`.`name`, (SELECT `a4`.`price` FROM `item` AS `a4` INNER JOIN `owner` AS `a5` ON `a4`.`owner_id` = `a5`.`id` INNER JOIN `team` AS `a6` ON `a5`.`team_id` = `a6`.`id` WHERE `a6`.`name` = `a3`.`name`) FROM `item` LEFT JOIN `owner` AS `a1` ON `item`.`keeper_id` = `a1`.`id` LEFT JOIN `team` AS `a3` ON `a1`.`team_id` = `a3`.`id`",
            sqlite: r#"SELECT "a1"."id" IS NOT NULL, (SELECT COUNT(*) FROM "item" AS "a2" WHERE "a2"."price" > ? AND "a2"."owner_id" = "item"."keeper_id"), "a3"."name", (SELECT "a4"."price" FROM "item" AS "a4" INNER JOIN "owner" AS "a5" ON "a4"."owner_id" = "a5"."id" INNER JOIN "team" AS "a6" ON "a5"."team_id" = "a6"."id" WHERE "a6"."name" = "a3"."name") FROM "item" LEFT JOIN "owner" AS "a1" ON "item"."keeper_id" = "a1"."id" LEFT JOIN "team" AS "a3" ON "a1"."team_id" = "a3"."id""#,
        },
    );
}

#[test]
fn related_rows_are_what_a_group_has_in_common() {
    texts(
        &Item::objects().project::<Sum>(),
        &Expected {
            postgres: r#"SELECT "a1"."id" IS NOT NULL AS "orm_0", "a1"."name" AS "orm_1", CAST(SUM("item"."price") AS bigint) AS "orm_2" FROM "item" LEFT JOIN "owner" AS "a1" ON "item"."keeper_id" = "a1"."id" GROUP BY "orm_0", "a1"."name""#,
            mysql: "SELECT `a1`.`id` IS NOT NULL AS `orm_0`, `a1`.`name` AS `orm_1`, SUM(`item`.`price`) AS `orm_2` FROM `item` LEFT JOIN `owner` AS `a1` ON `item`.`keeper_id` = `a1`.`id` GROUP BY `orm_0`, `a1`.`name`",
            mariadb: "SELECT `a1`.`id` IS NOT NULL AS `orm_0`, `a1`.`name` AS `orm_1`, SUM(`item`.`price`) AS `orm_2` FROM `item` LEFT JOIN `owner` AS `a1` ON `item`.`keeper_id` = `a1`.`id` GROUP BY `orm_0`, `a1`.`name`",
            sqlite: r#"SELECT "a1"."id" IS NOT NULL AS "orm_0", "a1"."name" AS "orm_1", SUM("item"."price") AS "orm_2" FROM "item" LEFT JOIN "owner" AS "a1" ON "item"."keeper_id" = "a1"."id" GROUP BY "orm_0", "a1"."name""#,
        },
    );
}
