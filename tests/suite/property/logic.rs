//! SQL's three-valued logic: `None` is NULL, neither true nor false.

pub type Truth = Option<bool>;

pub fn and(left: Truth, right: Truth) -> Truth {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

pub fn or(left: Truth, right: Truth) -> Truth {
    not(and(not(left), not(right)))
}

pub fn xor(left: Truth, right: Truth) -> Truth {
    Some(left? ^ right?)
}

pub fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

#[test]
fn null_decides_nothing_that_the_other_side_decides() {
    let (yes, no) = (Some(true), Some(false));
    assert_eq!([and(no, None), and(None, no), and(yes, None)], [no, no, None]);
    assert_eq!([or(yes, None), or(None, yes), or(no, None)], [yes, yes, None]);
    assert_eq!([xor(yes, no), xor(yes, yes), xor(yes, None)], [yes, no, None]);
}
