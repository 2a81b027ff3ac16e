//! The table: a row for each measurement, a column for each contender.

use std::fmt;

/// The contenders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// This crate, through its attribute.
    CachedAttr,
    /// `#[concurrent_cached]` of `cached`.
    Concurrent,
    /// `#[cached]` of `cached`; without arguments `#[once]`.
    Cached,
    /// `moka::future`, `get` and then `insert`.
    MokaGet,
    /// `moka::future`, `get_with`.
    MokaGetWith,
    /// `moka::sync`, `get` and then `insert`.
    MokaSync,
    /// `quick_cache`, which has no ttl.
    Quick,
    /// A lock-free map and nothing else: no ttl, no limit.
    Papaya,
    /// The same with the age of what it finds.
    PapayaClock,
}

impl Column {
    /// In the order they are shown.
    pub const ALL: [Column; 9] = [
        Column::CachedAttr,
        Column::Concurrent,
        Column::Cached,
        Column::MokaGet,
        Column::MokaGetWith,
        Column::MokaSync,
        Column::Quick,
        Column::Papaya,
        Column::PapayaClock,
    ];

    /// What stands at its head.
    #[must_use]
    pub fn head(self) -> &'static str {
        match self {
            Column::CachedAttr => "**cached-attr**",
            Column::Concurrent => "`#[concurrent_cached]`",
            Column::Cached => "`#[cached]` of `cached`",
            Column::MokaGet => "moka `get`",
            Column::MokaGetWith => "moka `get_with`",
            Column::MokaSync => "`moka::sync` `get`",
            Column::Quick => "quick_cache, no ttl",
            Column::Papaya => "papaya, no clock",
            Column::PapayaClock => "papaya + `Instant`",
        }
    }
}

/// One measurement of everybody it applies to.
#[derive(Clone, Debug)]
pub struct Row {
    label: String,
    decimals: usize,
    cells: Vec<(Column, f64)>,
}

impl Row {
    /// A row whose numbers are shown with so many decimals.
    #[must_use]
    pub fn new(label: impl Into<String>, decimals: usize, cells: Vec<(Column, f64)>) -> Self {
        Row {
            label: label.into(),
            decimals,
            cells,
        }
    }

    /// A contender's number.
    #[must_use]
    pub fn of(&self, column: Column) -> Option<f64> {
        self.cells
            .iter()
            .find(|(of, _)| *of == column)
            .map(|&(_, number)| number)
    }

    fn cell(&self, column: Column) -> String {
        let Some(number) = self.of(column) else {
            return "–".to_owned();
        };
        let number = format!("{number:.*}", self.decimals);
        if column == Column::CachedAttr {
            format!("**{number}**")
        } else {
            number
        }
    }

    /// This crate's number by another's.
    fn ratio(&self, to: Column) -> String {
        match (self.of(Column::CachedAttr), self.of(to)) {
            (Some(ours), Some(theirs)) if theirs > 0.0 => format!("{:.2}", ours / theirs),
            _ => "–".to_owned(),
        }
    }
}

const RATIOS: [(Column, &str); 3] = [
    (Column::Concurrent, "/ `concurrent`"),
    (Column::MokaGet, "/ moka `get`"),
    (Column::Papaya, "/ papaya"),
];

/// The line above the rows.
pub struct Head;

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| |")?;
        for column in Column::ALL {
            write!(f, " {} |", column.head())?;
        }
        for (_, head) in RATIOS {
            write!(f, " {head} |")?;
        }
        write!(
            f,
            "\n|---|{}",
            "--:|".repeat(Column::ALL.len() + RATIOS.len())
        )
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} |", self.label)?;
        for column in Column::ALL {
            write!(f, " {} |", self.cell(column))?;
        }
        for (to, _) in RATIOS {
            write!(f, " {} |", self.ratio(to))?;
        }
        Ok(())
    }
}
