//! Windows in standard SQL.

use super::aggregate::write_aggregate;
use super::function::write_call;
use super::select::{write_list, write_order};
use super::writer::SqlWriter;
use crate::ast::{Exclude, Frame, FrameBound, FrameUnit, Window, WindowCall};
use crate::error::Result;

/// A function over a window.
pub(crate) fn write_window(w: &mut SqlWriter, window: &Window) -> Result<()> {
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
