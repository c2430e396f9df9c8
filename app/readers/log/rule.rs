//! The words in which knowledge of a tool is written down. A [`Rule`] names literal needles,
//! which one automaton looks for in every line, and a pattern that only lines with a needle are
//! held against. A rule may open a [`Block`]: the report of one failure, several lines long.
//!
//! Patterns name what they capture: `test`, `class`, `file`, `line`, `col`, `msg`.

use crate::Category;

/// How strongly a line speaks. The order is the order of belief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// A tool reports that another one failed: worth showing only when nothing else is.
    Wrapper,
    /// A line with a telling word.
    Loose,
    /// An uncaught exception, which may be one that a test expected.
    Exception,
    /// A tool says that it gives up.
    Fatal,
    /// One line of a closing list of failures.
    Summary,
    /// A linter's finding.
    Lint,
    /// A test failure or a compile error, from the report of the tool itself.
    Failure,
    /// A crash of the program under test, or a verdict of the runner that ends all discussion.
    Crash,
}

impl Tier {
    /// The score that a finding starts with.
    pub(crate) const fn score(self) -> i32 {
        match self {
            Self::Wrapper => 20,
            Self::Loose => 40,
            Self::Exception => 60,
            Self::Fatal => 80,
            Self::Summary => 86,
            Self::Lint => 92,
            Self::Failure => 100,
            Self::Crash => 106,
        }
    }
}

/// What a matching line means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// The line is a cause; so many lines after it belong to it.
    Cause(u8),
    /// The line opens the report of one failure.
    Open(&'static Block),
    /// The line only names a failing test.
    Test,
    /// The line adds to what was found: it is shown after the causes.
    Note,
    /// The line names the test of the finding before it; without one it is a finding itself.
    Blame,
    /// The line looks like a failure and is none.
    Noise,
}

/// One thing that a tool says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// `tool: what`, shown as the reason.
    pub(crate) name: &'static str,
    /// Literals; one of them is in every line that matches.
    pub(crate) needles: &'static [&'static str],
    /// The pattern.
    pub(crate) pattern: &'static str,
    /// How strongly the line speaks.
    pub(crate) tier: Tier,
    /// What kind of failure it is, unless the message or the command say better.
    pub(crate) category: Option<Category>,
    /// Whether the message may overrule the category.
    pub(crate) refine: bool,
    /// What the line means.
    pub(crate) then: Then,
    /// Words one of which must stand in the step's command.
    pub(crate) command: &'static [&'static str],
    /// Whether the file is named on a line above, as linters do.
    pub(crate) file_above: bool,
    /// Whether the test is named above, between two rules of dashes.
    pub(crate) title_above: bool,
    /// A block that the line opens although it means something else, too.
    pub(crate) block: Option<&'static Block>,
}

impl Rule {
    /// A rule whose line is a cause.
    pub(crate) const fn new(
        name: &'static str,
        needles: &'static [&'static str],
        pattern: &'static str,
        tier: Tier,
    ) -> Self {
        Self {
            name,
            needles,
            pattern,
            tier,
            category: None,
            refine: false,
            then: Then::Cause(0),
            command: &[],
            file_above: false,
            title_above: false,
            block: None,
        }
    }

    /// Sets the category.
    pub(crate) const fn is(mut self, category: Category) -> Self {
        self.category = Some(category);
        self
    }

    /// Sets the category, and lets the message say better.
    pub(crate) const fn mostly(mut self, category: Category) -> Self {
        self.category = Some(category);
        self.refine = true;
        self
    }

    /// Sets what the line means.
    pub(crate) const fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }

    /// Lets the rule hold only in steps whose command has one of these words.
    pub(crate) const fn under(mut self, command: &'static [&'static str]) -> Self {
        self.command = command;
        self
    }

    /// Sets the block that the line opens.
    pub(crate) const fn block(mut self, block: &'static Block) -> Self {
        self.block = Some(block);
        self
    }

    /// The test's name stands above.
    pub(crate) const fn title_above(mut self) -> Self {
        self.title_above = true;
        self
    }

    /// The file stands on a line above.
    pub(crate) const fn file_above(mut self) -> Self {
        self.file_above = true;
        self
    }
}

/// Which line of a block is told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// What was said.
    Said,
    /// The heading, which names the test.
    Head,
    /// What was said if it compares values or is all there is, else the heading.
    Values,
}

/// What a line inside a block means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// It tells what went wrong.
    Said,
    /// It tells what went wrong, and nothing follows.
    Final,
    /// It tells more, if there is room.
    More,
    /// It names a place; the first one in the repository counts.
    At,
    /// It names a place; the last one in the repository counts.
    Last,
    /// It names the test.
    Test,
    /// It continues the test's name.
    Title,
    /// It quotes the code: shown below the cause.
    Quote,
    /// It quotes the code, and only the last such line before the message counts.
    Statement,
    /// It says nothing.
    Skip,
    /// The block ended before it.
    End,
    /// The block ends with it.
    Close,
    /// It was no failure after all.
    Drop,
}

/// The report of one failure.
#[derive(Debug)]
pub(crate) struct Block {
    /// What its lines mean: the first pattern that matches counts.
    pub(crate) parts: &'static [(&'static str, Part)],
    /// Which line is told first.
    pub(crate) first: First,
    /// Whether the first line that no part knows tells what went wrong.
    pub(crate) plain: bool,
    /// Whether a finding without anything said is dropped.
    pub(crate) needs_said: bool,
    /// So many blank lines end it; 0 for none.
    pub(crate) blanks: u8,
    /// The most lines it may take.
    pub(crate) most: u16,
    /// The most lines of what was said that are kept.
    pub(crate) said: u8,
    /// What a finding is worth that names a place in the code, if that makes a difference.
    pub(crate) placed: Option<(Tier, Category)>,
}

impl Block {
    /// A block with the usual measures.
    pub(crate) const fn new(parts: &'static [(&'static str, Part)]) -> Self {
        Self {
            parts,
            first: First::Said,
            plain: false,
            needs_said: false,
            blanks: 0,
            most: 160,
            said: 3,
            placed: None,
        }
    }
}
