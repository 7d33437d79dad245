//! A plan as a tree, with what reads whole tables marked.

use maud::{Markup, html};
use orm_core::error::Result;
use orm_core::exec::explain::{Plan, PlanNode};

use crate::layer::Options;

pub(super) fn shown(options: &Options, plan: &Result<Plan>) -> Markup {
    html! {
        div.plan {
            h3 { "Plan" }
            @match plan {
                Ok(plan) => {
                    ul { (node(options, plan.root())) }
                    @if !options.show_values {
                        p.quiet { "Conditions may quote values; they are shown by " code { "show_values(true)" } "." }
                    }
                },
                Err(error) => p { span.chip.bad { "failed" } " " (error) },
            }
        }
    }
}

fn node(options: &Options, step: &PlanNode) -> Markup {
    let details = [("", &step.detail), ("by ", &step.index_condition), ("where ", &step.filter)];
    html! {
        li {
            span class=(if step.kind.is_full_scan() { "step whole" } else { "step" }) { (step.kind.name()) }
            @if let Some(table) = &step.table { " on " span.name { (table) } }
            @if let Some(index) = &step.index { " using " span.name { (index) } }
            @if step.kind.is_full_scan() { " " span.chip.warn { "reads all" } }
            @if let Some(rows) = step.estimated_rows { span.quiet { " ≈ " (rows.round()) " rows" } }
            @if options.show_values {
                @for (word, detail) in details {
                    @if let Some(detail) = detail { div.detail { (word) code { (detail) } } }
                }
            }
            @if !step.children.is_empty() { ul { @for child in &step.children { (node(options, child)) } } }
        }
    }
}
