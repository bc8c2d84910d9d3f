//! Python: a reading of source, of which practices ask for calls, texts and tokens.
//!
//! It is read by its syntax, errors and all, and nothing is run: which names hold a token
//! is told by what they are called and by what they are assigned, see `scope`.

mod expression;
mod held;
mod runs;
mod scope;
mod shown;
mod syntax;
mod text;
mod token;

use std::ops::{ControlFlow, Range};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use tree_sitter::{Parser, Tree};

pub(crate) use self::expression::Expression;
pub(crate) use self::runs::Runs;
pub(crate) use self::scope::Known;
use self::scope::Scopes;
pub(crate) use self::text::parts_as_shown;

/// More is no source that a person wrote.
pub(super) const LONGEST: usize = 2 << 20;

/// Python source, read.
pub(crate) struct Python<'t> {
    source: &'t [u8],
    scopes: Scopes,
    calls: Vec<Call<'t>>,
    parameters: Vec<Parameter<'t>>,
    assignments: Vec<Assignment<'t>>,
    complaints: Vec<Complaint<'t>>,
    texts: Vec<Expression<'t>>,
    choices: Vec<Expression<'t>>,
    runs: Runs,
}

/// A call.
#[derive(Debug)]
pub(crate) struct Call<'t> {
    /// What is called as it is written, without what is in its brackets: `os.environ.get`,
    /// `logging.getLogger().info`.
    pub(crate) callee: String,
    /// The arguments, in order.
    pub(crate) arguments: Vec<Argument<'t>>,
}

/// An argument of a call.
#[derive(Debug)]
pub(crate) struct Argument<'t> {
    /// Its keyword, if it has one.
    pub(crate) keyword: Option<String>,
    /// What is given.
    pub(crate) value: Expression<'t>,
    /// All of it.
    pub(crate) span: Range<usize>,
}

/// A parameter of a function.
#[derive(Debug)]
pub(crate) struct Parameter<'t> {
    /// The name.
    pub(crate) name: String,
    /// The function's.
    pub(crate) function: String,
    /// What it is if it is not given.
    pub(crate) default: Option<Expression<'t>>,
}

/// An assignment.
#[derive(Debug)]
pub(crate) struct Assignment<'t> {
    /// What is assigned to.
    pub(crate) target: Expression<'t>,
    /// What is assigned.
    pub(crate) value: Expression<'t>,
}

/// What is said when something goes wrong.
#[derive(Debug)]
pub(crate) enum Complaint<'t> {
    /// What is called makes the exception that is raised.
    Raised(Call<'t>),
    /// It is what an assertion that fails says.
    Asserted(Expression<'t>),
}

/// Whether source can be of any interest, which is cheaper than to read it.
pub(crate) fn can_matter(source: &[u8]) -> bool {
    /// What every practice needs something of.
    static SIGNS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build([
                "hf_",
                "hf-",
                "hftoken",
                "huggingface",
                "hugging_face",
                "hugging-face",
                "use_auth_token",
            ])
            .expect("the words are few")
    });
    source.len() <= LONGEST && SIGNS.is_match(source)
}

/// Reads the syntax of source, if that is possible at all.
pub(crate) fn parse(source: &[u8]) -> Option<Tree> {
    /// What is spent on a byte, in the parser's steps of progress, is far below it.
    const STEPS: usize = 1 << 12;
    let mut left = STEPS + source.len();
    let mut parser = Parser::new();
    let language = tree_sitter_python::LANGUAGE.into();
    parser.set_language(&language).ok()?;
    let mut progress = |_: &tree_sitter::ParseState| {
        left = left.saturating_sub(1);
        if left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = tree_sitter::ParseOptions::new().progress_callback(&mut progress);
    let mut rest = |at: usize, _| &source[at.min(source.len())..];
    parser.parse_with_options(&mut rest, None, Some(options))
}

impl<'t> Python<'t> {
    /// Reads source whose syntax is `tree`, after what is `known` from source before it.
    pub(crate) fn read(tree: &'t Tree, source: &'t [u8], known: &Known, runs: Runs) -> Self {
        let mut python = Self {
            source,
            scopes: Scopes::after(known),
            calls: Vec::new(),
            parameters: Vec::new(),
            assignments: Vec::new(),
            complaints: Vec::new(),
            texts: Vec::new(),
            choices: Vec::new(),
            runs,
        };
        syntax::collect(&mut python, tree.root_node());
        held::settle(&mut python);
        python
    }

    /// What source behind this one knows of it.
    pub(crate) fn known(&self) -> Known {
        self.scopes.known()
    }

    /// Where it runs.
    pub(crate) fn runs(&self) -> Runs {
        self.runs
    }

    /// Every call.
    pub(crate) fn calls(&self) -> &[Call<'t>] {
        &self.calls
    }

    /// Every parameter of a function.
    pub(crate) fn parameters(&self) -> &[Parameter<'t>] {
        &self.parameters
    }

    /// Every assignment of a value to one target.
    pub(crate) fn assignments(&self) -> &[Assignment<'t>] {
        &self.assignments
    }

    /// What is raised, and what failing assertions say.
    pub(crate) fn complaints(&self) -> &[Complaint<'t>] {
        &self.complaints
    }

    /// Every text that is put together, as a whole.
    pub(crate) fn texts(&self) -> &[Expression<'t>] {
        &self.texts
    }

    /// Every `… or …`.
    pub(crate) fn choices(&self) -> &[Expression<'t>] {
        &self.choices
    }

    /// What a dotted name is in full, where its beginning is imported.
    pub(crate) fn in_full(&self, dotted: &str) -> String {
        self.scopes.in_full(dotted)
    }

    /// Whether a module, or something of it, is imported.
    pub(crate) fn imports(&self, module: &str) -> bool {
        self.scopes.imports(module)
    }
}

impl<'t> Call<'t> {
    /// The last name of what is called: `get` of `os.environ.get`.
    pub(crate) fn name(&self) -> &str {
        self.callee.rsplit('.').next().unwrap_or_default()
    }

    /// What stands before the last name: `os.environ` of `os.environ.get`.
    pub(crate) fn receiver(&self) -> &str {
        self.callee
            .rsplit_once('.')
            .map_or("", |(before, _)| before)
    }

    /// The argument of a keyword.
    pub(crate) fn keyword(&self, keyword: &str) -> Option<&Argument<'t>> {
        let mut arguments = self.arguments.iter();
        arguments.find(|it| it.keyword.as_deref() == Some(keyword))
    }

    /// The arguments that have no keyword.
    pub(crate) fn positional(&self) -> impl Iterator<Item = &Argument<'t>> {
        self.arguments.iter().filter(|it| it.keyword.is_none())
    }
}

#[cfg(test)]
mod tests;
