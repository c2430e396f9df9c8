//! What the writer is given to write, and how it gets into a transaction.

use sqlx::AnyConnection;
use tokio::sync::oneshot;

use super::accept::{self, Row};
use super::settle::{self, Settle};
use super::sql::{self, Statement};
use super::{Accepted, Dialect, Error};

/// One thing to write, and who waits for it.
pub(super) struct Item {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Result<Reply, Error>>,
}

/// One thing to write.
pub(super) enum Work {
    Accept(Box<Row>),
    Settle(Settle),
    Run(Statement),
}

impl Work {
    /// Roughly what its payload weighs in a transaction, in bytes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Accept(row) => row.weight(),
            Self::Settle(_) | Self::Run(_) => 0,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reply {
    Accepted(Accepted),
    Changed(u64),
}

/// Writes all parts; what came of each, in the same order.
pub(super) async fn write_all(
    conn: &mut AnyConnection,
    dialect: Dialect,
    parts: &[&Work],
    now: i64,
) -> Result<Vec<Reply>, sqlx::Error> {
    let rows: Vec<&Row> = parts
        .iter()
        .filter_map(|part| match part {
            Work::Accept(row) => Some(&**row),
            _ => None,
        })
        .collect();
    let mut accepted = accept::accept_all(conn, dialect, &rows, now)
        .await?
        .into_iter();
    let mut replies = Vec::with_capacity(parts.len());
    for part in parts {
        replies.push(match part {
            Work::Accept(_) => Reply::Accepted(accepted.next().unwrap_or(Accepted::Duplicate)),
            Work::Settle(settle) => {
                Reply::Changed(settle::settle(conn, dialect, settle, now).await?)
            }
            Work::Run(statement) => {
                Reply::Changed(sql::run(conn, statement.sql, statement.args.clone()).await?)
            }
        });
    }
    Ok(replies)
}
