//! Statements and their arguments, as values that can be tried again.

use sqlx::AnyConnection;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Arguments, AssertSqlSafe, SqlSafeStr};

use super::Dialect;

/// The most rows in one `INSERT`.
const MOST_ROWS: usize = 64;
/// Below this, a piece has whatever length it has: see [`chunks`].
const ANY_LENGTH: usize = 32;

/// An argument of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Arg<'a> {
    /// A number.
    Int(i64),
    /// A text. PostgreSQL cannot keep NUL in one: see [`text`].
    Text(String),
    /// The same, lent.
    Str(&'a str),
    /// Bytes.
    Bytes(Vec<u8>),
    /// The same, lent.
    Slice(&'a [u8]),
}

/// A statement that can be run more than once with the same result.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// Its text, with `$1` for the first argument.
    pub(crate) sql: &'static str,
    /// Its arguments.
    pub(crate) args: Vec<Arg<'static>>,
}

/// A text as both databases can keep it, cut to at most `most` characters.
pub(crate) fn text(raw: &str, most: usize) -> String {
    if raw.len() <= most && !raw.contains('\0') {
        return raw.to_owned();
    }
    raw.chars().filter(|&c| c != '\0').take(most).collect()
}

/// Arguments as the driver wants them.
fn arguments<'a>(args: impl IntoIterator<Item = Arg<'a>>) -> Result<AnyArguments, sqlx::Error> {
    let mut out = AnyArguments::default();
    for arg in args {
        match arg {
            Arg::Int(value) => out.add(value),
            Arg::Text(value) => out.add(value),
            Arg::Str(value) => out.add(value),
            // The driver would copy a vector twice, a slice once.
            Arg::Bytes(value) => out.add(value.as_slice()),
            Arg::Slice(value) => out.add(value),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(out)
}

/// Runs a statement; the number of rows that it changed.
pub(super) async fn run<'a>(
    conn: &mut AnyConnection,
    sql: impl SqlSafeStr,
    args: impl IntoIterator<Item = Arg<'a>>,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query_with(sql, arguments(args)?)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Runs a statement that answers with rows.
pub(super) async fn rows<'a, 'c>(
    on: impl sqlx::Executor<'c, Database = sqlx::Any>,
    sql: impl SqlSafeStr,
    args: impl IntoIterator<Item = Arg<'a>>,
) -> Result<Vec<AnyRow>, sqlx::Error> {
    sqlx::query_with(sql, arguments(args)?).fetch_all(on).await
}

/// A text that was put together here, from constants alone.
pub(super) fn ours(sql: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql)
}

/// `before ($1,$2),($3,$4) after` for so many rows of so many columns.
pub(super) fn values(
    dialect: Dialect,
    before: &str,
    columns: usize,
    rows: usize,
    after: &str,
) -> AssertSqlSafe<String> {
    let mut sql = String::with_capacity(before.len() + after.len() + rows * (columns * 6 + 2) + 2);
    sql.push_str(before);
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                sql.push(',');
            }
            match dialect {
                Dialect::Postgres => {
                    sql.push('$');
                    sql.push_str(&(row * columns + column + 1).to_string());
                }
                // To SQLite `$1` is a name, and to find one among hundreds it reads them all.
                Dialect::Sqlite => sql.push('?'),
            }
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(after);
    AssertSqlSafe(sql)
}

/// Cuts a slice into pieces of 64, of 32, and what is left. So there are 33 texts of a statement
/// at most, which the connection keeps prepared, and seldom more than two pieces.
pub(super) fn chunks<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = match rest.len() {
            0 => return None,
            MOST_ROWS.. => MOST_ROWS,
            ANY_LENGTH.. => ANY_LENGTH,
            few => few,
        };
        let (piece, left) = rest.split_at(size);
        rest = left;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_few_lengths() {
        let rows = [0; 239];
        let sizes: Vec<usize> = chunks(&rows).map(<[i32]>::len).collect();
        assert_eq!(sizes, [64, 64, 64, 32, 15]);
        assert_eq!(chunks::<u8>(&[]).count(), 0);
    }

    #[test]
    fn placeholders_count_through() {
        let sql = values(Dialect::Postgres, "INSERT INTO t VALUES", 2, 2, "END").into_sql_str();
        assert_eq!(sql.as_str(), "INSERT INTO t VALUES ($1,$2),($3,$4) END");
        let sql = values(Dialect::Sqlite, "IN", 3, 1, "").into_sql_str();
        assert_eq!(sql.as_str(), "IN (?,?,?) ");
    }

    #[test]
    fn a_text_holds_no_nul() {
        assert_eq!(text("a\0bcd", 3), "abc");
    }
}
