//! Queries inside of queries: exists, scalar subqueries, membership, columns of the queries around.

use orm::prelude::*;

use super::shop::{Customer, CustomerFields, Order, ids, names, with_shop};

fn orders_of(c: CustomerFields) -> QuerySet<Order> {
    Order::objects().filter(|o| o.customer.id.eq(c.id.outer()))
}

#[test]
fn exists_sees_the_row_around() {
    with_shop(async |db| {
        let buyers = Customer::objects().filter(|c| exists(orders_of(c)));
        assert_eq!(names(db, buyers).await, "ann bob cyd");
        let others = Customer::objects().filter(|c| !exists(orders_of(c)));
        assert_eq!(names(db, others).await, "dan eve");
        let excluded = Customer::objects().exclude(|c| exists(orders_of(c)));
        assert_eq!(names(db, excluded).await, "dan eve");
        let both = Customer::objects()
            .filter(|c| c.city.eq("Rome") & exists(orders_of(c).filter(|o| o.product.eq("pot"))));
        assert_eq!(names(db, both).await, "cyd");
        let either = Customer::objects()
            .filter(|c| exists(orders_of(c).filter(|o| o.amount.ge(5))) | c.name.eq("eve"));
        assert_eq!(names(db, either).await, "ann eve");
    });
}

#[test]
fn exists_is_a_value_too() {
    with_shop(async |db| {
        let flags: Vec<(String, bool)> = Customer::objects()
            .order_by(|c| c.id)
            .values(|c| (c.name, exists(orders_of(c).filter(|o| o.rating.eq(5)))))
            .all(db)
            .await
            .unwrap();
        let yes: Vec<_> = flags.iter().filter(|(_, yes)| *yes).map(|(name, _)| name.as_str()).collect();
        assert_eq!(yes, ["ann", "cyd"]);
    });
}

#[test]
fn exists_of_nothing_and_of_a_slice() {
    with_shop(async |db| {
        assert_eq!(names(db, Customer::objects().filter(|c| exists(orders_of(c).none()))).await, "");
        let second = Customer::objects().filter(|c| exists(orders_of(c).order_by(|o| o.id).slice(1..2)));
        assert_eq!(names(db, second).await, "ann cyd");
    });
}

#[test]
fn exists_of_groups_counts_groups() {
    with_shop(async |db| {
        let twice = Customer::objects().filter(|c| {
            exists(orders_of(c).values(|o| (o.product, o.id.count())).having(|o| o.id.count().ge(2)))
        });
        assert_eq!(names(db, twice).await, "ann");
    });
}

#[test]
fn a_subquery_gives_the_value_of_its_first_row_or_null() {
    with_shop(async |db| {
        let dearest = |c: CustomerFields| {
            subquery(orders_of(c).order_by(|o| (o.price.desc(), o.id)).limit(1).values(|o| o.product))
        };
        let rows: Vec<(Customer, Option<String>)> =
            Customer::objects().order_by(|c| c.id).annotate(dearest).all(db).await.unwrap();
        let products: Vec<_> = rows.iter().map(|(_, product)| product.as_deref()).collect();
        assert_eq!(products, [Some("cup"), Some("cup"), Some("pot"), None, None]);

        let cups = Customer::objects().filter(|c| dearest(c).eq("cup"));
        assert_eq!(names(db, cups).await, "ann bob");
        let ordered =
            Customer::objects().order_by(|c| (dearest(c).desc().nulls_last(), c.id)).values(|c| c.name);
        assert_eq!(ordered.all(db).await.unwrap(), ["cyd", "ann", "bob", "dan", "eve"]);
    });
}

#[test]
fn several_aggregates_of_subqueries_do_not_multiply() {
    with_shop(async |db| {
        let rows: Vec<(String, Option<i64>, Option<i64>, Option<Decimal>)> = Customer::objects()
            .order_by(|c| c.id)
            .values(|c| {
                let referred = Customer::objects().filter(|other| other.referrer.id.eq(c.id.outer()));
                (
                    c.name,
                    subquery(orders_of(c).values(|o| o.id.count())),
                    subquery(referred.values(|other| other.id.count())),
                    subquery(orders_of(c).values(|o| (o.price * Decimal::from(2)).sum())),
                )
            })
            .all(db)
            .await
            .unwrap();
        assert_eq!(rows[0], ("ann".into(), Some(3), Some(2), Some(Decimal::new(4200, 2))));
        assert_eq!(rows[2], ("cyd".into(), Some(2), Some(1), Some(Decimal::new(16900, 2))));
        assert_eq!(rows[4], ("eve".into(), Some(0), Some(0), None));
    });
}

#[test]
fn comparing_with_a_mean() {
    with_shop(async |db| {
        let above =
            Order::objects().filter(|o| o.price.gt(subquery(Order::objects().values(|o| o.price.avg()))));
        assert_eq!(ids(db, above).await, [5]);
    });
}

#[test]
fn membership_in_a_query() {
    with_shop(async |db| {
        let romans = Customer::objects().filter(|c| c.city.eq("Rome"));
        assert_eq!(
            ids(db, Order::objects().filter(|o| o.customer.is_in(romans.clone()))).await,
            [1, 2, 3, 5, 6]
        );
        assert_eq!(ids(db, Order::objects().exclude(|o| o.customer.is_in(romans.clone()))).await, [4]);
        let by_id = Order::objects().filter(|o| o.customer.id.is_in(romans.values(|c| c.id)));
        assert_eq!(ids(db, by_id).await, [1, 2, 3, 5, 6]);
        let top = Customer::objects().order_by(|c| c.id.desc()).limit(3);
        assert_eq!(ids(db, Order::objects().filter(|o| o.customer.is_in(top))).await, [5, 6]);
        let none = Order::objects().filter(|o| o.customer.is_in(Customer::objects().none()));
        assert_eq!(ids(db, none).await, Vec::<i64>::new());
    });
}

#[test]
fn null_among_the_values_is_unknown_to_not_and_no_match_to_exclude() {
    with_shop(async |db| {
        // Referrers: NULL, 1, 1, 3, NULL.
        let referrers = || Customer::objects().values(|c| c.referrer);
        let referring =
            Customer::objects().filter(|c| c.id.is_in(Customer::objects().values(|other| other.referrer.id)));
        assert_eq!(names(db, referring).await, "ann cyd");
        let not = Customer::objects().filter(|c| !c.referrer.is_in(referrers()));
        assert_eq!(names(db, not).await, "");
        let excluded = Customer::objects().exclude(|c| c.referrer.is_in(referrers()));
        assert_eq!(names(db, excluded).await, "ann eve");
    });
}

#[test]
fn two_levels_out() {
    with_shop(async |db| {
        // Customers who referred somebody that bought what they bought.
        let query = Customer::objects().filter(|c| {
            exists(Customer::objects().filter(|friend| {
                friend.referrer.id.eq(c.id.outer())
                    & exists(Order::objects().filter(|o| {
                        o.customer.id.eq(friend.id.outer())
                            & o.product.is_in(
                                Order::objects()
                                    .filter(|own| own.customer.id.eq(c.id.outer().outer().outer()))
                                    .values(|own| own.product),
                            )
                    }))
            }))
        });
        assert_eq!(names(db, query).await, "ann");
    });
}

#[test]
fn a_column_of_a_query_that_is_not_around_is_an_error() {
    with_shop(async |db| {
        let lost = Order::objects().filter(|o| o.customer.id.eq(Customer::fields().id.outer()));
        let error = lost.all(db).await.unwrap_err().to_string();
        assert_eq!(
            error,
            "invalid query: `Customer.id` is used as a column of a query around this one, but there is none"
        );
        let other = Order::objects()
            .filter(|_| exists(Customer::objects().filter(|c| c.id.eq(Customer::fields().id.outer()))));
        let error = other.all(db).await.unwrap_err().to_string();
        assert_eq!(
            error,
            "invalid query: `Customer.id` is used as a column of a query around this one, which is about Order"
        );
    });
}

#[test]
fn outer_columns_reached_by_a_join() {
    with_shop(async |db| {
        // Orders whose customer's city has another customer.
        let query = Order::objects().filter(|o| {
            exists(
                Customer::objects()
                    .filter(|c| c.city.eq(o.customer.city.outer()) & c.id.ne(o.customer.id.outer())),
            )
        });
        assert_eq!(ids(db, query).await, [1, 2, 3, 4, 5, 6]);
        let query = Order::objects().filter(|o| {
            exists(Customer::objects().filter(|c| c.referrer.id.eq(o.customer.id.outer()) & c.city.is_null()))
        });
        assert_eq!(ids(db, query).await, [5, 6]);
    });
}

#[test]
fn a_mistake_inside_is_reported_outside() {
    with_shop(async |db| {
        let sliced = Order::objects().limit(1).filter(|o| o.id.gt(1));
        let error = Customer::objects().filter(|_| exists(sliced)).count(db).await.unwrap_err();
        assert_eq!(error.to_string(), "invalid query: a queryset cannot be filtered once it is sliced");
    });
}

#[test]
fn update_from_a_subquery() {
    with_shop(async |db| {
        let changed = Customer::objects()
            .update(db, |c| {
                c.city.set(subquery(orders_of(c).order_by(|o| o.id).limit(1).values(|o| o.product)))
            })
            .await
            .unwrap();
        assert_eq!(changed, 5);
        let cities = Customer::objects().order_by(|c| c.id).values(|c| c.city).all(db).await.unwrap();
        let cities: Vec<_> = cities.iter().map(Option::as_deref).collect();
        assert_eq!(cities, [Some("tea"), Some("cup"), Some("pot"), None, None]);
    });
}

#[test]
fn update_and_delete_of_rows_found_by_a_subquery() {
    with_shop(async |db| {
        let silent = Customer::objects().filter(|c| !exists(orders_of(c)));
        assert_eq!(silent.clone().update(db, |c| c.city.set("Paris")).await.unwrap(), 2);
        assert_eq!(names(db, Customer::objects().filter(|c| c.city.eq("Paris"))).await, "dan eve");
        // The subquery reads the table that is changed.
        let referred = Customer::objects().filter(|c| {
            !exists(Customer::objects().filter(|other| other.referrer.id.eq(c.id.outer())))
                & !exists(orders_of(c))
        });
        assert_eq!(referred.delete(db).await.unwrap(), 2);
        assert_eq!(names(db, Customer::objects()).await, "ann bob cyd");
    });
}

#[test]
fn deep_subqueries_are_a_typed_error() {
    with_shop(async |db| {
        let mut query = Customer::objects();
        for _ in 0..100 {
            let inner = query;
            query = Customer::objects().filter(|_| exists(inner));
        }
        let error = query.count(db).await.unwrap_err();
        assert!(matches!(error, orm::Error::ExpressionTooDeep { .. }), "{error}");
        let mut query = Customer::objects();
        for _ in 0..5 {
            let inner = query;
            query = Customer::objects().filter(|_| exists(inner));
        }
        assert_eq!(query.count(db).await.unwrap(), 5);
    });
}
