//! What can be wrong in a template: data only, the words live in `view/text/problem/template.rs`.

/// What a template speaks of by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Variable,
    Field,
    Filter,
    Test,
    Function,
    Component,
    Template,
    Block,
}

/// What a template may not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Rounds of its loops, includes and calls, all together.
    Steps,
    /// The text it writes, or holds in one value.
    Text,
    /// Components within components.
    Depth,
}

/// What is wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateFault {
    /// No sentence of the template language; `says` is the language's own account, in English.
    Syntax {
        says: String,
    },
    /// A name nobody knows, and the nearest one that is known.
    Unknown {
        named: Named,
        name: String,
        near: Option<String>,
        known: Vec<String>,
    },
    /// A name that is known and has no value here.
    Blank {
        name: String,
    },
    /// A file that lies outside the folders of templates.
    Outside {
        name: String,
    },
    /// Templates that include or extend each other for ever.
    Circle {
        chain: Vec<String>,
    },
    TooMuch {
        limit: Limit,
    },
    /// A list built within an expression, whose size nobody bounds.
    Comprehension,
    /// Anything else that went wrong while it was filled.
    Fill {
        says: String,
    },
}
