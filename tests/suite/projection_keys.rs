//! Lists of structs by keys of several fields, by tables between, and of rows that belong to several lists.

use orm::prelude::*;

use crate::support::run;

/// An order's line, found by both parts of its key.
#[derive(Model, Debug)]
#[model(primary_key(order, number), has_many(parcels = Parcel::line))]
struct Line {
    order: i64,
    number: i32,
    #[field(max_length = 20, unique)]
    code: String,
}

#[derive(Model, Debug)]
#[model(ordering = [id], foreign_key(line(order, number) = Line))]
struct Parcel {
    #[field(primary_key)]
    id: i64,
    order: i64,
    number: i32,
    weight: i64,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Line)]
struct LineCard {
    code: String,
    parcels: Vec<ParcelCard>,
    #[projection(expr = |l| l.parcels.order_by(|p| p.weight.desc()).limit(1).values(|p| p.weight))]
    heaviest: Vec<i64>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Parcel)]
struct ParcelCard {
    weight: i64,
    line: Code,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Line)]
struct Code {
    code: String,
}

#[test]
fn composite_keys_find_rows_and_lists() {
    run(models![Line, Parcel], async |db| {
        for (order, number, code) in [(1, 1, "a"), (1, 2, "b"), (2, 1, "c")] {
            Line::objects().create(db, |l| l.order(order).number(number).code(code)).await.unwrap();
        }
        for (order, number, weight) in [(1, 1, 10), (2, 1, 20), (1, 1, 30), (1, 2, 40)] {
            Parcel::objects().create(db, |p| p.order(order).number(number).weight(weight)).await.unwrap();
        }
        let lines = Line::objects().order_by(|l| l.code).project::<LineCard>().all(db).await.unwrap();
        let card = |code: &str, weights: &[i64], heaviest| LineCard {
            code: code.into(),
            parcels: weights
                .iter()
                .map(|weight| ParcelCard { weight: *weight, line: Code { code: code.into() } })
                .collect(),
            heaviest: vec![heaviest],
        };
        assert_eq!(lines, [card("a", &[10, 30], 30), card("b", &[40], 40), card("c", &[20], 20)]);
    });
}

/// Friends, whichever of the two was asked; and the other side of a relation that has a table between.
#[derive(Model, Debug)]
#[model(many_to_many(friends: Member, symmetrical), many_to_many(clubs: Club))]
struct Member {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug)]
#[model(has_many(members = Member::clubs))]
struct Club {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Club)]
struct ClubCard {
    name: String,
    #[projection(expr = |c| c.members.order_by(|m| m.name))]
    members: Vec<MemberCard>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Member)]
struct MemberCard {
    name: String,
    #[projection(expr = |m| m.friends.order_by(|f| f.name).values(|f| f.name))]
    friends: Vec<String>,
    #[projection(expr = |m| m.clubs.count())]
    clubs: i64,
}

#[test]
fn lists_have_members_that_are_in_several() {
    run(models![Member, Club], async |db| {
        let mut members = Vec::new();
        for name in ["ann", "bea", "cid"] {
            members.push(Member::objects().create(db, |m| m.name(name)).await.unwrap());
        }
        for (club, of) in [("chess", &[2, 0, 1][..]), ("choir", &[0]), ("cooks", &[])] {
            let club = Club::objects().create(db, |c| c.name(club)).await.unwrap();
            for member in of {
                MemberClubs::objects().create(db, |m| m.member(&members[*member]).club(&club)).await.unwrap();
            }
        }
        for (left, right) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
            MemberFriends::objects()
                .create(db, |f| f.from_member(&members[left]).to_member(&members[right]))
                .await
                .unwrap();
        }
        let member = |name: &str| match name {
            "ann" => MemberCard { name: name.into(), friends: vec!["bea".into(), "cid".into()], clubs: 2 },
            _ => MemberCard { name: name.into(), friends: vec!["ann".into()], clubs: 1 },
        };
        let clubs = Club::objects().order_by(|c| c.name).project::<ClubCard>().all(db).await.unwrap();
        let club = |name: &str, members: &[&str]| ClubCard {
            name: name.into(),
            members: members.iter().map(|name| member(name)).collect(),
        };
        assert_eq!(
            clubs,
            [club("chess", &["ann", "bea", "cid"]), club("choir", &["ann"]), club("cooks", &[])]
        );
    });
}
