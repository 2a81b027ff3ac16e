//! The order of resources: each after those it waits for.

use darling::error::Accumulator;

use super::Resource;
use crate::diag;

/// The indices in an order in which every resource finds the others' values declared; `None` for a cycle, which is
/// reported once.
pub(super) fn of(resources: &[Resource], errors: &mut Accumulator) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < resources.len() {
        let ready = resources.iter().enumerate().find(|(index, resource)| {
            !order.contains(index)
                && resource
                    .waits_for
                    .iter()
                    .all(|name| is_in(name, &order, resources))
        });
        if let Some((index, _)) = ready {
            order.push(index);
        } else {
            errors.extend(cycle(resources, &order));
            return None;
        }
    }
    Some(order)
}

fn is_in(name: &proc_macro2::Ident, order: &[usize], resources: &[Resource]) -> bool {
    order
        .iter()
        .filter_map(|index| resources.get(*index))
        .any(|resource| resource.name == *name)
}

/// Follows the names from the first resource that is stuck until one comes again.
fn cycle(resources: &[Resource], order: &[usize]) -> Option<darling::Error> {
    let stuck = |name: &proc_macro2::Ident| !is_in(name, order, resources);
    let first = resources
        .iter()
        .enumerate()
        .find(|(index, _)| !order.contains(index))
        .map(|(_, resource)| resource)?;
    let mut path = vec![first];
    loop {
        let next = path.last()?.waits_for.iter().find(|name| stuck(name))?;
        let next = resources.iter().find(|resource| resource.name == *next)?;
        if let Some(start) = path.iter().position(|seen| seen.name == next.name) {
            let names = path
                .iter()
                .skip(start)
                .chain([&next])
                .map(|resource| format!("`{}`", resource.name));
            let chain: Vec<String> = names.collect();
            return Some(diag::at(
                next.name.span(),
                format!(
                    "these resources wait for each other and would never load: {}",
                    chain.join(" → ")
                ),
            ));
        }
        path.push(next);
    }
}
