//! The measures of everything that a stranger's report could make large.

/// The largest file that is read, unpacked, in bytes.
pub const FILE: usize = 10 << 20;
/// The most that is unpacked of one archive, in bytes.
pub const ARCHIVE: usize = 25 << 20;
/// The most entries that an archive may list.
pub const ENTRIES: usize = 5_000;
/// The most files of an archive that are unpacked.
pub const FILES: usize = 300;
/// The most failures that are kept of one report.
pub const FAILURES: usize = 200;
/// How deep the elements of an XML file may nest.
pub const DEPTH: usize = 64;
/// The longest text of one failure that is looked at, in bytes.
pub const TEXT: usize = 16 << 10;
/// The longest name, in characters.
pub const NAME: usize = 300;
/// The longest line that is kept, in characters.
pub const LINE: usize = 500;
/// The most lines that are kept of one failure.
pub const LINES: usize = 6;
