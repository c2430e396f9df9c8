//! What can go wrong with the journal, each as a plain sentence.

/// Why the journal could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database said no, or could not be reached.
    #[error("the database could not be used: {0}")]
    Database(#[from] sqlx::Error),
    /// It could not be reached; nothing is known to be written.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// Its tables could not be brought to this version's shape.
    #[error("the database could not be migrated: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The settings do not name a database that we can use.
    #[error("{0}")]
    Settings(String),
    /// Another process uses the SQLite file.
    #[error("`{0}` is in use by another process; one SQLite file serves one process")]
    InUse(String),
    /// The file or its folder could not be used.
    #[error("`{path}` could not be opened: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The lease ran out and somebody else has the job by now: nothing was changed.
    #[error("the lease of this job was lost; nothing was changed")]
    LeaseLost,
    /// The journal is closing.
    #[error("the journal is closed")]
    Closed,
    /// A job could not be written down.
    #[error("a job could not be written as JSON: {0}")]
    Job(#[from] serde_json::Error),
}
