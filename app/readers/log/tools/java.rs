//! The JVM beside Maven: gradle, ant, the JUnit console, javac, kotlinc, scalac, exceptions.

use crate::Category::{Compile, Config, Coverage, Crash, Lint, Oom, Script, Test};
use crate::rule::{Block, First, Part, Rule, Then, Tier};

/// A frame of a stack trace.
const FRAME: &str = r"\((?P<file>\w+\.(?:java|kt|groovy|scala)):(?P<line>\d+)\)$";
/// An exception with its message.
const THROWN: &str = r"^\s*(?P<msg>(?:[\w$]+\.)+[\w$]*(?:Error|Exception|Failure|Failed|Throwable|Timeout|Invocations|Wanted)\w*\b.*?)(?: at (?P<file>\w+\.\w+):(?P<line>\d+))?$";

static GRADLE: Block = Block {
    first: First::Values,
    plain: true,
    most: 80,
    said: 2,
    ..Block::new(&[
        (
            r"^> Task|^\d+ tests? completed|^FAILURE:|^\* What|^BUILD |^:\w+",
            Part::End,
        ),
        (FRAME, Part::At),
        (r"^\s+at ", Part::Skip),
        (THROWN, Part::Said),
        (r"^\s+Caused by:", Part::Skip),
        (r"^\S", Part::End),
    ])
};

static WRONG: Block = Block {
    needs_said: true,
    first: First::Said,
    plain: true,
    most: 16,
    said: 3,
    ..Block::new(&[
        (
            r"^(?:> )?(?:Execution failed for task|A problem occurred|A build operation failed|Could not (?:determine|compile|resolve all)|A failure occurred while executing)",
            Part::More,
        ),
        (
            r"^> (?:There were failing tests|Compilation (?:failed|error)|Compile failed|Process 'command)",
            Part::Drop,
        ),
        (r"^\* Try:|^==", Part::End),
        (r"^\s*> (?P<msg>.+)", Part::Said),
    ])
};

static SCALATEST: Block = Block {
    first: First::Head,
    most: 3,
    said: 2,
    ..Block::new(&[
        (r"^(?:\[info\] )?\s*- ", Part::End),
        (
            r"^(?:\[info\] )?\s+(?P<msg>\S.*?) \((?P<file>\w+\.scala):(?P<line>\d+)\)",
            Part::Final,
        ),
        (r"^\[info\]\s+(?P<msg>\S.*)", Part::Said),
    ])
};

static CONSOLE: Block = Block {
    first: First::Said,
    most: 30,
    ..Block::new(&[
        (
            r"className = '(?P<class>[^']+)', methodName = '(?P<test>[^']+)'",
            Part::Test,
        ),
        (r"^\s+=> (?P<msg>.+)", Part::Said),
        (FRAME, Part::At),
        (r"^\s+\[\.\.\.\]", Part::Close),
    ])
};

static ANT: Block = Block {
    first: First::Said,
    most: 30,
    needs_said: true,
    ..Block::new(&[
        (THROWN, Part::Said),
        (FRAME, Part::At),
        (r"^Testcase:|^Testsuite:|^Tests run:", Part::End),
    ])
};

static THROW: Block = Block {
    first: First::Head,
    most: 60,
    ..Block::new(&[
        (FRAME, Part::At),
        (r"^Caused by: (?P<msg>.+)", Part::More),
        (r"^\s+(?:at |\.\.\.)", Part::Skip),
        (r"^\S", Part::End),
    ])
};

pub(crate) static RULES: &[Rule] = &[
    Rule::new("gradle: where", &["* Where:"], r"^\* Where:$", Tier::Loose).then(Then::Noise),
    Rule::new("gradle: script", &["Build file '", "Script '", "Settings file '"], r"^(?:Build file|Script|Settings file) '(?P<file>[^']+)' line: (?P<line>\d+)", Tier::Wrapper)
        .is(Config),
    Rule::new("gradle: task failed", &[" FAILED"], r"^(?:> Task )?:\S+ FAILED$", Tier::Wrapper),
    Rule::new("gradle: failed test", &[" FAILED"], r"^(?P<class>[\w.$]+(?: > .+)?) > (?P<test>\S.*?) FAILED$", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&GRADLE)),
    Rule::new("gradle: failed test", &[" FAILED"], r"^\s+(?:Test )?(?P<test>[\w$]+\(.*\)) FAILED$", Tier::Failure)
        .mostly(Test)
        .then(Then::Open(&GRADLE)),
    Rule::new("gradle: what went wrong", &["* What went wrong:"], r"^\* What went wrong:$", Tier::Fatal)
        .mostly(Config)
        .then(Then::Open(&WRONG)),
    Rule::new("junit: failed test", &["✘ ", "[X] "], r"^[\s│├└─╷'+|-]+(?P<test>[\w$]+\(.*?\)) (?:✘|\[X\]) (?P<msg>\S.*)", Tier::Failure).is(Test),
    Rule::new("junit: failed test", &["JUnit Jupiter:", "JUnit Vintage:"], r"^\s+JUnit (?:Jupiter|Vintage):", Tier::Failure)
        .is(Test)
        .then(Then::Open(&CONSOLE)),
    Rule::new("ant: failed test", &["Testcase: "], r"^\s*Testcase: (?P<test>[\w$\[\]]+)(?:\((?P<class>[\w.$]+)\))?.*(?:FAILED|Caused an ERROR|took)", Tier::Failure)
        .is(Test)
        .then(Then::Open(&ANT)),
    Rule::new(
        "javac: error",
        &[": error: "],
        r"^(?P<file>\S+\.(?:java|scala|kt|groovy)):(?P<line>\d+): error: (?P<msg>.+)",
        Tier::Failure,
    )
    .is(Compile),
    Rule::new(
        "kotlinc: error",
        &["e: file", "e: /", "kt: (", ".kt:", ".kts:"],
        r"^(?:e: )?(?:file://)?(?P<file>\S+\.kts?):\(?(?P<line>\d+)[:,] ?(?P<col>\d+)\)?:? (?:error: )?(?P<msg>.+)",
        Tier::Failure,
    )
    .is(Compile),
    Rule::new("ksp: error", &["e: ["], r"^e: \[\w+\] (?P<file>\S+\.(?:kts?|java)):(?P<line>\d+): (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("scalac: error", &["[error] ", "-- ["], r"^(?:\[error\] |-- \[E\d+\] .*?: )(?P<file>\S+\.scala):(?P<line>\d+)(?::(?P<col>\d+))?", Tier::Failure)
        .is(Compile)
        .then(Then::Cause(2)),
    Rule::new("groovy: error", &[".groovy: "], r"^(?P<file>\S+\.groovy): (?P<line>\d+): (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("sbt: failed test", &["*** FAILED ***"], r"^(?:\[info\] )?\s*- (?P<test>.+) \*\*\* FAILED \*\*\*", Tier::Failure).is(Test).then(Then::Open(&SCALATEST)),
    Rule::new("pmd: finding", &[":\t"], r"^(?P<file>\S+\.java):(?P<line>\d+):\t(?P<msg>\w+:\t.+)", Tier::Lint).is(Lint),
    Rule::new("aapt: error", &[".xml:"], r"^\s*(?:\S+:)?(?P<file>/?[^\s:]+\.xml):(?P<line>\d+): error: (?P<msg>.+)", Tier::Failure).is(Compile),
    Rule::new("ktlint or detekt: finding", &[".kt:"], r"^(?P<file>\S+\.kts?):(?P<line>\d+):(?P<col>\d+):? (?P<msg>.+)", Tier::Lint).is(Lint),
    Rule::new("checkstyle: finding", &["[ant:checkstyle]"], r"^\[ant:checkstyle\] \[(?:ERROR|WARN)\] (?P<file>\S+?):(?P<line>\d+)(?::(?P<col>\d+))?: (?P<msg>.+)", Tier::Lint)
        .is(Lint),
    Rule::new("jacoco: coverage", &["Rule violated for"], r"^(?:> |\[ant:jacocoReport\] )Rule violated for .*", Tier::Lint).is(Coverage),
    Rule::new("spotless: formatting", &["format violations"], r"^> The following files had format violations:", Tier::Lint).is(Lint).then(Then::Cause(2)),
    Rule::new("java: uncaught exception", &["Exception in thread \""], r#"^Exception in thread "[^"]*" (?P<msg>.+)"#, Tier::Exception)
        .mostly(Script)
        .then(Then::Open(&THROW)),
    Rule::new("java: could not find", &["Error: Could not find or load main class", "Error: Unable to access jarfile", "Error: Main method not found"], r"^Error: (?:Could not find or load main class|Unable to access jarfile|Main method not found).*", Tier::Fatal)
        .is(Config),
    Rule::new("jvm: out of memory", &["java.lang.OutOfMemoryError"], r"^\S*\s*(?:Caused by: )?java\.lang\.OutOfMemoryError", Tier::Fatal).is(Oom),
    Rule::new("jvm: crash", &["fatal error has been detected by the Java"], r"^# A fatal error has been detected", Tier::Crash).is(Crash).then(Then::Cause(3)),
    Rule::new("gradle: daemon", &["Gradle build daemon disappeared", "Expiring Daemon because JVM heap"], r"(?:Gradle build daemon disappeared|Expiring Daemon because JVM heap)", Tier::Fatal).is(Oom),
    Rule::new("ant: verdict", &["BUILD FAILED"], r"^BUILD FAILED", Tier::Wrapper),
    Rule::new("gradle: verdict", &["Gradle build failed: ", "FAILURE: Build failed"], r"^(?:Gradle build failed: |FAILURE: Build failed)", Tier::Wrapper),
];

#[cfg(test)]
mod tests {
    use crate::Category::{Compile, Dependency, Test};
    use crate::tools::check::{case, hold};

    #[test]
    fn cases() {
        hold(&[
            case(
                "> Task :test\n\nPriceTest > adds() FAILED\n    java.lang.IllegalArgumentException: no\n        at shop.Util.check(Util.java:3)\n        at shop.PriceTest.adds(PriceTest.java:14)\n\n2 tests completed, 1 failed\n\n* What went wrong:\nExecution failed for task ':test'.\n> There were failing tests. See the report\n\n* Try:\n",
                "PriceTest > adds() FAILED",
                Test,
            )
            .tests(&["PriceTest.adds()"])
            .at("PriceTest.java:14"),
            case("* What went wrong:\nCould not resolve all files for configuration ':compileClasspath'.\n> Could not find com.acme:x:1.0.\n\n* Try:\n", "Could not find com.acme", Dependency),
            case("test/A.java:9: error: cannot find symbol\n1 error", "cannot find symbol", Compile).at("test/A.java:9"),
            case("  JUnit Jupiter:PriceTest:adds()\n    MethodSource [className = 'shop.PriceTest', methodName = 'adds', methodParameterTypes = '']\n    => java.lang.RuntimeException: no\n       shop.PriceTest.adds(PriceTest.java:9)\n       [...]\n", "RuntimeException", Test)
                .tests(&["shop.PriceTest.adds"]),
        ]);
    }
}
