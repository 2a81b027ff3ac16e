//! The names a layer's key can be made of, and those it must account for.

use std::collections::BTreeSet;

use crate::item::{Argument, Function};

pub(crate) struct Scope<'a> {
    pub(crate) function: &'a Function,
    /// The function's arguments; for a resource also the other resources.
    pub(crate) names: Vec<Argument>,
    /// Of these each must be in the key or skipped: for a memoized function all, for a resource those that its
    /// expression names.
    required: BTreeSet<String>,
}

impl<'a> Scope<'a> {
    /// A memoized function's answer may depend on every argument.
    pub(crate) fn of_function(function: &'a Function) -> Self {
        let required = function
            .arguments
            .iter()
            .map(|argument| argument.name.to_string())
            .collect();
        Self {
            function,
            names: function.arguments.clone(),
            required,
        }
    }

    /// A resource's depends on what its expression names.
    pub(crate) fn of_resource(
        function: &'a Function,
        others: &[Argument],
        mentioned: &BTreeSet<String>,
    ) -> Self {
        let names: Vec<Argument> = function.arguments.iter().chain(others).cloned().collect();
        let required = names
            .iter()
            .map(|argument| argument.name.to_string())
            .filter(|name| mentioned.contains(name))
            .collect();
        Self {
            function,
            names,
            required,
        }
    }

    pub(crate) fn argument(&self, name: &str) -> Option<&Argument> {
        self.names.iter().find(|argument| argument.name == name)
    }

    pub(crate) fn required(&self) -> impl Iterator<Item = &Argument> {
        self.names
            .iter()
            .filter(|argument| self.required.contains(&argument.name.to_string()))
    }
}
