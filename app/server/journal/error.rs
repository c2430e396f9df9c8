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

/// True where the connection is to blame, not what was written.
pub(super) fn is_broken(error: &sqlx::Error) -> bool {
    use sqlx::Error as E;
    matches!(error, E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::WorkerCrashed | E::Protocol(_))
        // PostgreSQL that goes down or comes up says so on the connection.
        || error.as_database_error().and_then(|e| e.code()).is_some_and(|code| code.starts_with("57P"))
}

/// True where two replicas reached for one lane at once: the loser simply looks again.
pub(super) fn is_lost_race(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}
