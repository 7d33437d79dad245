//! Windows in standard SQL.

use super::aggregate::write_aggregate;
use super::function::write_call;
use super::select::{write_list, write_order};
use super::writer::SqlWriter;
use crate::ast::{Exclude, Frame, FrameBound, FrameUnit, OrderBy, OrderKey, Window, WindowCall};
use crate::error::{Error, Result};
use crate::value::ValueKind;

/// A function over a window.
pub(crate) fn write_window(w: &mut SqlWriter, window: &Window) -> Result<()> {
    check_distances(window)?;
    w.spelling.check_window(window)?;
    match &window.call {
        WindowCall::Function(function, args) => {
            write_call(w, function.name(), args)?;
            write_over(w, window)
        }
        WindowCall::Aggregate(aggregate) => {
            write_aggregate(w, aggregate, Some(&mut |w| write_over(w, window)))
        }
    }
}

/// Whether the frame is told by how far values are apart.
pub(crate) fn has_distances(window: &Window) -> bool {
    window.frame.is_some_and(|frame| {
        let distance = |bound| matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_));
        frame.unit == FrameUnit::Range && (distance(frame.start) || distance(frame.end))
    })
}

/// How far two rows are apart can only be told by one number.
fn check_distances(window: &Window) -> Result<()> {
    let is_number = |kind| {
        let float = matches!(kind, ValueKind::F32 | ValueKind::F64 | ValueKind::Decimal);
        float || super::function::math::is_integer(kind)
    };
    let fits = match window.order_by.as_slice() {
        [OrderBy { key: OrderKey::Expr(key), .. }] => key.kind().is_some_and(is_number),
        _ => false,
    };
    if has_distances(window) && !fits {
        return Err(Error::InvalidQuery(
            "a frame by `range` needs a window in the order of exactly one number".into(),
        ));
    }
    Ok(())
}

fn write_over(w: &mut SqlWriter, window: &Window) -> Result<()> {
    w.push(" OVER (");
    if !window.partition_by.is_empty() {
        w.push("PARTITION BY ");
        write_list(w, &window.partition_by)?;
    }
    if !window.order_by.is_empty() {
        if window.partition_by.is_empty() {
            // The order's own space in front would stand behind the parenthesis.
            let start = w.sql.len();
            write_order(w, &window.order_by)?;
            w.sql.remove(start);
        } else {
            write_order(w, &window.order_by)?;
        }
    }
    if let Some(frame) = window.frame {
        write_frame(w, frame);
    }
    w.push(")");
    Ok(())
}

fn write_frame(w: &mut SqlWriter, frame: Frame) {
    w.push(match frame.unit {
        FrameUnit::Rows => " ROWS BETWEEN ",
        FrameUnit::Range => " RANGE BETWEEN ",
        FrameUnit::Groups => " GROUPS BETWEEN ",
    });
    write_bound(w, frame.start, " PRECEDING");
    w.push(" AND ");
    write_bound(w, frame.end, " FOLLOWING");
    w.push(match frame.exclude {
        Exclude::NoOthers => "",
        Exclude::CurrentRow => " EXCLUDE CURRENT ROW",
        Exclude::Group => " EXCLUDE GROUP",
        Exclude::Ties => " EXCLUDE TIES",
    });
}

fn write_bound(w: &mut SqlWriter, bound: FrameBound, unbounded: &str) {
    match bound {
        FrameBound::Unbounded => {
            w.push("UNBOUNDED");
            w.push(unbounded);
        }
        FrameBound::CurrentRow => w.push("CURRENT ROW"),
        FrameBound::Preceding(count) => {
            w.number(count);
            w.push(" PRECEDING");
        }
        FrameBound::Following(count) => {
            w.number(count);
            w.push(" FOLLOWING");
        }
    }
}
