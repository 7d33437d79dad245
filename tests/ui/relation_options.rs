//! Relations that are written wrongly: each mistake is told, with what to write.

use orm::prelude::*;

#[derive(Model)]
#[model(has_many(posts))]
struct A {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(has_many(posts = Post))]
struct B {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(has_many = "posts")]
struct C {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(many_to_many(Tag))]
struct D {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags: D, thruogh = E))]
struct E {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags: D, through = E))]
struct F {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags: D, symmetrical))]
struct G {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(many_to_many(tags: D, tags: D, id: D))]
struct H {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model)]
#[model(foreign_key(a(first, secnd) = D), foreign_key(b(first, first) = D), foreign_key(c = D), foreign_key(d(first) = D(id, id)))]
struct I {
    #[field(primary_key)]
    id: i64,
    first: i64,
    second: i64,
}

#[derive(Model)]
#[model(foreign_key(a(first) = D, on_delete = set_null))]
struct J {
    #[field(primary_key)]
    id: i64,
    first: i64,
    #[field(unique)]
    one: OneToOne<D>,
}

fn main() {}
