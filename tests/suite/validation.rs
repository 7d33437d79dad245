//! Validation: by the program, by the database, and everything at once.

use orm::Error;
use orm::error::{ValidationError, ValidationErrors};
use orm::prelude::*;
use serde_json::json;

use crate::support::{in_statements, run};

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Fancy,
}

#[derive(FieldType, Debug, Clone, PartialEq)]
struct Nick(String);

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    validate = period,
    validate_new = new_period,
    unique(first, last),
    check(name = "event_price", |e| e.price.ge(Decimal::ZERO)),
    check(name = "event_title", |e| e.title.ne("forbidden") & e.kind.ne(Kind::Fancy)),
    check(name = "event_share", |e| e.share.is_null() | e.share.lt(0.5)),
    check(name = "event_stars", |e| e.stars.ge(0)),
)]
struct Event {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 10, validate(length(min = 3), regex = "^[a-z]"))]
    title: String,
    #[field(max_length = 30, unique, validate(email, custom(with = known_host, code = "host")))]
    contact: Option<String>,
    #[field(validate(range(min = 1, max = 5, message = "is from one to five")))]
    rating: Option<i16>,
    #[field(max_digits = 5, decimal_places = 2, validate(range(min = 0.5, max = 500)))]
    price: Decimal,
    #[field(validate(range(min = 0)))]
    share: Option<f64>,
    #[field(db_default = 0, validate(range(min = -3)))]
    stars: i32,
    kind: Kind,
    first: i32,
    last: i32,
    #[field(default = Nick("x".into()), max_length = 20, validate(not_blank))]
    nick: Nick,
    #[field(validate(url))]
    page: Deferred<Option<String>>,
}

fn known_host(address: &str) -> Result<(), ValidationError> {
    if address.ends_with("example.org") { Ok(()) } else { Err(ValidationError::new("other", "is elsewhere")) }
}

fn period(event: &Event) -> Result<(), ValidationErrors> {
    let mut errors = ValidationErrors::new();
    if event.last < event.first {
        errors.add("last", ValidationError::new("order", "is before the first"));
    }
    errors.into_result()
}

fn new_period(event: &NewEvent) -> Result<(), ValidationError> {
    if event.last < event.first {
        Err(ValidationError::new("order", "is the wrong way around"))
    } else {
        Ok(())
    }
}

fn new() -> NewEvent {
    let draft = Event::draft().title("tea").price(Decimal::ONE).kind(Kind::Plain).first(1).last(2);
    draft.contact("ann@example.org").page("https://example.org").build()
}

fn codes(errors: &ValidationErrors) -> Vec<(&str, &str)> {
    errors
        .fields()
        .flat_map(|(field, errors)| errors.iter().map(move |error| (field, error.code())))
        .chain(errors.general().iter().map(|error| ("", error.code())))
        .collect()
}

#[track_caller]
fn refused(outcome: orm::Result<()>) -> ValidationErrors {
    let error = outcome.expect_err("it is not valid");
    error.as_validation().cloned().unwrap_or_else(|| panic!("another error: {error}"))
}

#[test]
fn everything_is_found_at_once() {
    assert_eq!(new().validate(), Ok(()));
    let wrong = NewEvent {
        title: "A 12345678901".into(),
        contact: Some("bob@example.com".into()),
        rating: Some(6),
        price: Decimal::new(123_456, 3),
        share: Some(f64::NAN),
        stars: Some(-4),
        first: 3,
        nick: Some(Nick(" ".into())),
        page: Some("example.org".into()),
        ..new()
    };
    let errors = wrong.validate().unwrap_err();
    assert_eq!(
        codes(&errors),
        [
            ("title", "max_length"),
            ("title", "invalid"),
            ("contact", "host"),
            ("rating", "max_value"),
            ("price", "max_digits"),
            ("share", "min_value"),
            ("stars", "min_value"),
            ("nick", "blank"),
            ("page", "invalid"),
            ("", "order"),
        ]
    );
    assert_eq!(errors.field("rating")[0].message(), "is from one to five");
    assert_eq!(errors.field("contact")[0].message(), "is elsewhere");
    assert!(!format!("{errors:?} {errors}").contains("bob"), "values are not repeated");
    assert_eq!(
        serde_json::to_value(&errors).unwrap()["stars"],
        json!([{"code": "min_value", "message": "must be at least -3", "params": {"min": "-3"}}])
    );
    assert_eq!(
        serde_json::to_value(&errors).unwrap()["__all__"],
        json!([{"code": "order", "message": "is the wrong way around", "params": {}}])
    );
    let less = NewEvent { price: Decimal::new(49, 2), title: "ab".into(), rating: Some(0), ..new() };
    assert_eq!(
        less.validated().unwrap_err().to_string(),
        "title: must have at least 3 characters, and has 2; rating: is from one to five; price: must be at least 0.5"
    );
    let nothing =
        NewEvent { contact: None, rating: None, share: None, stars: None, nick: None, page: None, ..new() };
    assert_eq!(nothing.validate(), Ok(()), "what is NULL or left to a default has nothing wrong");
}

#[test]
fn rows_are_validated_too() {
    run(models![Event], async |db| {
        let mut event = Event::objects().insert(db, new().validated().unwrap()).await.unwrap();
        assert_eq!(event.validate(), Ok(()));
        (event.last, event.rating, event.page) = (0, Some(0), Some("x y".to_owned()).into());
        let errors = event.validate().unwrap_err();
        assert_eq!(codes(&errors), [("rating", "min_value"), ("page", "invalid"), ("last", "order")]);
        let error = Error::from(errors);
        assert_eq!(error.kind(), None);
        assert_eq!(error.to_string(), error.as_validation().unwrap().to_string());

        let light = Event::objects().defer(|e| e.page).get(db).await.unwrap();
        assert_eq!(light.validate(), Ok(()), "what is not loaded is not asked");
        // Nothing is validated that is not asked for.
        event.save(db).await.unwrap();
    });
}

#[test]
fn unique_values_are_asked_of_the_database() {
    run(models![Event], async |db| {
        let mut one = Event::objects().insert(db, new()).await.unwrap();
        let same = NewEvent { id: Some(one.id), ..new() };
        let errors = refused(in_statements(3, same.validate_unique(db)).await);
        assert_eq!(codes(&errors), [("id", "unique"), ("contact", "unique"), ("", "unique_together")]);
        assert_eq!(errors.general()[0].params().collect::<Vec<_>>(), [("fields", "first, last")]);
        let free = NewEvent { contact: None, last: 3, ..new() };
        in_statements(1, free.validate_unique(db)).await.unwrap();
        in_statements(2, one.validate_unique(db)).await.unwrap();

        let mut two = Event::objects()
            .insert(db, NewEvent { contact: Some("b@example.org".into()), last: 9, ..new() })
            .await
            .unwrap();
        two.contact.clone_from(&one.contact);
        assert_eq!(codes(&refused(two.save_valid(db).await)), [("contact", "unique")]);
        two.contact = None;
        two.save_valid(db).await.unwrap();
        one.contact = Some("b@example.org".into());
        db.atomic(async |tx| one.save_valid(tx).await).await.unwrap();
        assert_eq!(Event::objects().pk(one.id).get(db).await.unwrap(), one);
    });
}

#[test]
fn checks_are_calculated_by_the_database() {
    run(models![Event], async |db| {
        in_statements(1, new().validate_checks(db)).await.unwrap();
        let wrong = NewEvent {
            title: "forbidden".into(),
            price: Decimal::new(-1, 2),
            share: Some(0.75),
            stars: Some(-1),
            ..new()
        };
        let errors = refused(in_statements(1, wrong.validate_checks(db)).await);
        let violated: Vec<_> =
            errors.general().iter().flat_map(ValidationError::params).map(|(_, name)| name).collect();
        assert_eq!(violated, ["event_price", "event_title", "event_share", "event_stars"]);
        let unknown = NewEvent { stars: None, share: Some(0.25), ..new() };
        unknown.validate_checks(db).await.unwrap();
        let fancy = NewEvent { kind: Kind::Fancy, ..new() };
        assert_eq!(
            refused(fancy.validate_checks(db).await).to_string(),
            "the constraint `event_title` is violated"
        );
        // As the database says when such a row is written.
        let written = Event::objects().insert(db, fancy).await.unwrap_err();
        assert_eq!(written.as_database().unwrap().constraint(), Some("event_title"));
        let text = NewEvent { title: "Forbidden".into(), ..new() };
        text.validate_checks(db).await.unwrap();
        Event::objects().insert(db, text).await.unwrap();
    });
}

#[test]
fn all_of_it() {
    run(models![Event], async |db| {
        Event::objects().insert(db, new()).await.unwrap();
        let wrong = NewEvent { title: "forbidden".into(), price: Decimal::new(-12_345_678, 3), ..new() };
        let errors = refused(wrong.full_clean(db).await);
        assert_eq!(
            codes(&errors),
            [
                ("price", "max_digits"),
                ("price", "min_value"),
                ("contact", "unique"),
                ("", "unique_together"),
                ("", "check")
            ]
        );
        assert_eq!(errors.general()[1].params().collect::<Vec<_>>(), [("constraint", "event_title")]);

        let draft = |e: EventDraft| e.price(Decimal::ONE).kind(Kind::Plain).first(5).last(6);
        let refused = Event::objects().create_valid(db, |e| draft(e).title("A")).await.unwrap_err();
        assert_eq!(codes(refused.as_validation().unwrap()), [("title", "min_length"), ("title", "invalid")]);
        let made = Event::objects().create_valid(db, |e| draft(e).title("abc")).await.unwrap();
        assert_eq!(Event::objects().filter(|e| e.title.eq("abc")).get(db).await.unwrap(), made);
        assert_eq!(Event::objects().count(db).await.unwrap(), 2);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "validated_seat",
    unique(fields(row, number), code = "sold", message = "somebody sits there"),
    unique(fields(ticket), message = "was used already"),
    check(name = "seat_row", code = "row", message = "there is no such row", |s| s.row.between(1, 30)),
    check(name = "seat_number", message = "there is no such seat", |s| s.number.ge(1)),
)]
struct Seat {
    #[field(primary_key)]
    id: i64,
    row: i32,
    number: i32,
    ticket: i64,
}

#[test]
fn constraints_have_words_of_their_own() {
    run(models![Seat], async |db| {
        Seat::objects().create_valid(db, |s| s.row(1).number(1).ticket(7)).await.unwrap();
        let same = Seat::draft().row(1).number(1).ticket(7).build();
        assert_eq!(
            serde_json::to_value(refused(same.full_clean(db).await)).unwrap(),
            json!({
                "ticket": [{"code": "unique", "message": "was used already", "params": {}}],
                "__all__": [{"code": "sold", "message": "somebody sits there", "params": {"fields": "row, number"}}],
            })
        );
        let nowhere = Seat::draft().row(31).number(0).ticket(8).build();
        assert_eq!(
            serde_json::to_value(refused(nowhere.full_clean(db).await)).unwrap(),
            json!({"__all__": [
                {"code": "row", "message": "there is no such row", "params": {"constraint": "seat_row"}},
                {"code": "check", "message": "there is no such seat", "params": {"constraint": "seat_number"}},
            ]})
        );
    });
}

#[test]
fn fields_may_be_left_out() {
    run(models![Event, Seat], async |db| {
        Event::objects().insert(db, new()).await.unwrap();
        let wrong = NewEvent { title: "forbidden".into(), rating: Some(9), ..new() };
        let all = refused(wrong.full_clean(db).await);
        assert_eq!(
            codes(&all),
            [("rating", "max_value"), ("contact", "unique"), ("", "unique_together"), ("", "check")]
        );
        let but = refused(wrong.full_clean_except(db, |e| (e.rating, e.last)).await);
        assert_eq!(codes(&but), [("contact", "unique"), ("", "check")]);
        let but =
            refused(in_statements(1, wrong.full_clean_except(db, |e| (e.title, e.contact, e.first))).await);
        assert_eq!(codes(&but), [("rating", "max_value")]);
        in_statements(
            0,
            wrong.full_clean_except(db, |e| {
                (e.title, e.contact, e.first, e.rating, e.price, e.share, e.stars)
            }),
        )
        .await
        .unwrap();

        // Of a row that was read.
        Seat::objects().create(db, |s| s.row(1).number(1).ticket(7)).await.unwrap();
        let mut seat = Seat::objects().create(db, |s| s.row(2).number(1).ticket(8)).await.unwrap();
        (seat.row, seat.ticket) = (1, 7);
        assert_eq!(codes(&refused(seat.full_clean_except(db, |s| s.ticket).await)), [("", "sold")]);
        seat.full_clean_except(db, |s| (s.ticket, s.number)).await.unwrap();
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Forms {
    #[field(primary_key)]
    id: i64,
    #[field(validate(domain))]
    host: String,
    #[field(validate(integer))]
    count: String,
    #[field(validate(integer_list(code = "list")))]
    numbers: Option<String>,
}

#[test]
fn forms_of_text() {
    let forms = |host: &str, count: &str, numbers: &str| {
        Forms::draft().host(host).count(count).numbers(numbers).build().validate()
    };
    assert_eq!(forms("example.org", "-7", "1,-2,3"), Ok(()));
    let errors = forms("localhost", "7.0", "1,,2").unwrap_err();
    assert_eq!(codes(&errors), [("host", "invalid"), ("count", "invalid"), ("numbers", "list")]);
    assert_eq!(
        errors.to_string(),
        "host: must be a domain, such as example.org; count: must be a whole number; \
         numbers: must be whole numbers with commas between them"
    );
}

/// Steps and names of files.
#[derive(Model, Debug, Clone, PartialEq)]
struct Offer {
    #[field(primary_key)]
    id: i64,
    #[field(validate(step = 6))]
    pieces: i32,
    #[field(validate(step(by = 5, offset = -2, code = "odd", message = "must be odd")))]
    place: Option<i64>,
    #[field(max_digits = 20, decimal_places = 10, validate(step(by = 0.05, offset = 0.01)))]
    price: Decimal,
    #[field(validate(step = 0.1))]
    weight: f64,
    #[field(max_length = 50, validate(file_extension = ["PDF", "txt", "odt"]))]
    sheet: Nick,
    #[field(max_length = 50, validate(file_extension(allowed = ["png"], code = "picture")))]
    picture: Option<String>,
}

fn offer() -> NewOffer {
    let draft = Offer::draft().pieces(12).price(Decimal::new(36, 2)).weight(0.3);
    draft.sheet(Nick("a/b.Pdf".into())).build()
}

#[test]
fn steps_and_names_of_files() {
    run(models![Offer], async |db| {
        let made = Offer::objects().create_valid(db, |_| {
            Offer::draft()
                .pieces(-6)
                .place(3)
                .price(Decimal::new(-4, 2))
                .weight(-0.7)
                .sheet(Nick("x.TXT".into()))
                .picture("p.png")
        });
        let made = made.await.unwrap();
        assert_eq!(Offer::objects().get(db).await.unwrap().validate(), Ok(()));
        assert_eq!(made.validate(), Ok(()));

        assert_eq!(offer().validate(), Ok(()));
        let wrong = NewOffer {
            pieces: 13,
            place: Some(5),
            price: "0.0600000001".parse().unwrap(),
            weight: 0.35,
            sheet: Nick("pdf".into()),
            picture: Some("secret.jpg".into()),
            ..offer()
        };
        let errors = wrong.validate().unwrap_err();
        assert_eq!(
            codes(&errors),
            [
                ("pieces", "step_size"),
                ("place", "odd"),
                ("price", "step_size"),
                ("weight", "step_size"),
                ("sheet", "invalid_extension"),
                ("picture", "picture"),
            ]
        );
        assert_eq!(
            errors.to_string(),
            "pieces: must be a multiple of 6; place: must be odd; price: must be a multiple of 0.05, counted from 0.01; \
             weight: must be a multiple of 0.1; sheet: must be the name of a file that ends in .pdf, .txt or .odt; \
             picture: must be the name of a .png file"
        );
        assert!(!format!("{errors:?}").contains("secret"), "values are not repeated");
        assert_eq!(
            serde_json::to_value(&errors).unwrap()["price"][0]["params"],
            json!({"step": "0.05", "offset": "0.01"})
        );
        assert_eq!(errors.field("sheet")[0].params().collect::<Vec<_>>(), [("allowed", "pdf, txt, odt")]);
    });
}
