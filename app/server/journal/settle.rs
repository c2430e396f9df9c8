//! Giving a job back: done, to be tried again, dead, or untouched.
//!
//! Each statement names the lease's token, so that a worker whose lease was taken over changes
//! nothing, and queues no follow-ups either.

use sqlx::AnyConnection;
use waterline_core::error::Error as Failure;
use waterline_core::event::Job;
use waterline_core::redact::redact;

use super::accept::{NewJob, insert_jobs, replace_timers};
use super::sql::{self, Arg};
use super::work::{Reply, Work};
use super::{Dialect, Error, Journal, Lease, Options, guid, millis, random};

/// How much of a summary or an error is kept, in characters.
const SENTENCE: usize = 2_000;

/// What becomes of a leased job.
#[derive(Debug)]
pub(super) struct Settle {
    id: i64,
    token: i64,
    delivery: String,
    end: End,
}

/// The ways to give a lease back.
#[derive(Debug)]
pub(super) enum End {
    /// It is done; these follow from it.
    Done {
        summary: String,
        follow: Vec<NewJob>,
    },
    /// It is queued again, after a pause in milliseconds; a try that cost nothing is taken back.
    Again {
        pause: i64,
        refund: bool,
        error: Option<String>,
    },
    /// It will never be done.
    Dead { error: String },
}

impl Journal {
    /// Ends a job. What follows from it is queued in the same transaction, for the same delivery.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else has the job by now; then nothing was changed.
    pub async fn finish(&self, lease: &Lease, summary: &str, follow: &[Job]) -> Result<(), Error> {
        let follow = follow.iter().map(NewJob::new).collect::<Result<_, _>>()?;
        self.settle(
            lease,
            End::Done {
                summary: sql::text(&redact(summary), SENTENCE),
                follow,
            },
        )
        .await
    }

    /// Gives a job back that failed: to be tried again after a pause, or dead with its sentence.
    /// True when it is dead.
    ///
    /// # Errors
    /// As [`Journal::finish`].
    pub async fn fail(&self, lease: &Lease, failure: &Failure) -> Result<bool, Error> {
        let age = self.clock().now() - lease.created_at;
        let end = verdict(self.options(), lease.attempt, age, failure, random());
        let dead = matches!(end, End::Dead { .. });
        self.settle(lease, end).await?;
        Ok(dead)
    }

    /// Gives a job back untouched: it may run at once, and the try does not count.
    ///
    /// # Errors
    /// As [`Journal::finish`].
    pub async fn release(&self, lease: &Lease) -> Result<(), Error> {
        self.settle(
            lease,
            End::Again {
                pause: 0,
                refund: true,
                error: None,
            },
        )
        .await
    }

    /// Makes a lease last from now on again.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else has the job by now.
    pub async fn renew(&self, lease: &Lease) -> Result<(), Error> {
        const SQL: &str = "UPDATE jobs SET lease_until = $3 \
            WHERE id = $1 AND token = $2 AND state = 'leased'";
        let until = self.clock().now() + millis(self.options().lease);
        let args = vec![Arg::Int(lease.id), Arg::Int(lease.token), Arg::Int(until)];
        held(self.run(sql::Statement { sql: SQL, args }).await?)
    }

    async fn settle(&self, lease: &Lease, end: End) -> Result<(), Error> {
        let settle = Settle {
            id: lease.id,
            token: lease.token,
            delivery: lease.delivery.clone(),
            end,
        };
        match self.write(Work::Settle(settle)).await? {
            Reply::Changed(rows) => held(rows),
            Reply::Accepted(_) => Err(Error::Closed),
        }
    }
}

fn held(rows: u64) -> Result<(), Error> {
    if rows == 0 {
        Err(Error::LeaseLost)
    } else {
        Ok(())
    }
}

/// What a failure means for a job in its `attempt`th try, `age` milliseconds after it was queued.
fn verdict(options: &Options, attempt: u32, age: i64, failure: &Failure, roll: u64) -> End {
    let error = sql::text(&redact(&failure.to_string()), SENTENCE);
    match failure {
        Failure::RateLimited(wait) if age < millis(options.max_age) => {
            // Up to a second more, or every job that was told the same moment would wake at once.
            let pause = millis(*wait).saturating_add((roll % 1_000) as i64);
            End::Again {
                pause,
                refund: true,
                error: Some(error),
            }
        }
        Failure::Unavailable(_) if attempt < options.max_tries => {
            let pause = millis(options.backoff.pause(attempt, roll));
            End::Again {
                pause,
                refund: false,
                error: Some(error),
            }
        }
        failure if failure.is_temporary() => End::Dead {
            error: format!("given up after {attempt} tries: {error}"),
        },
        _ => End::Dead { error },
    }
}

impl Settle {
    /// True where the job, or one that follows from it, is to run later.
    pub(super) fn puts_off(&self) -> bool {
        match &self.end {
            End::Again { pause, .. } => *pause > 0,
            End::Done { follow, .. } => follow.iter().any(|job| job.due.is_some()),
            End::Dead { .. } => false,
        }
    }
}

/// Carries one out; the number of jobs that it changed, none when the lease was lost.
pub(super) async fn settle(
    conn: &mut AnyConnection,
    dialect: Dialect,
    settle: &Settle,
    now: i64,
) -> Result<u64, sqlx::Error> {
    let lease = [Arg::Int(settle.id), Arg::Int(settle.token), Arg::Int(now)];
    match &settle.end {
        End::Done { summary, follow } => {
            const SQL: &str = "UPDATE jobs SET state = 'done', finished_at = $3, summary = $4, \
                token = NULL, lease_until = NULL, error = NULL \
                WHERE id = $1 AND token = $2 AND state = 'leased'";
            let changed = sql::run(
                conn,
                SQL,
                lease.into_iter().chain([Arg::Text(summary.clone())]),
            )
            .await?;
            if changed > 0 && !follow.is_empty() {
                let key = guid::pack(&settle.delivery);
                replace_timers(conn, follow).await?;
                let rows: Vec<_> = follow.iter().map(|job| (key.as_slice(), job)).collect();
                insert_jobs(conn, dialect, &rows, now).await?;
            }
            Ok(changed)
        }
        End::Again {
            pause,
            refund,
            error,
        } => {
            const SQL: &str = "UPDATE jobs SET state = 'queued', run_at = $3 + $4, \
                tries = tries - $5, token = NULL, holder = NULL, lease_until = NULL, error = $6 \
                WHERE id = $1 AND token = $2 AND state = 'leased'";
            let rest = [
                Arg::Int(*pause),
                Arg::Int(i64::from(*refund)),
                Arg::Text(error.clone().unwrap_or_default()),
            ];
            sql::run(conn, SQL, lease.into_iter().chain(rest)).await
        }
        End::Dead { error } => {
            const SQL: &str = "UPDATE jobs SET state = 'dead', finished_at = $3, error = $4, \
                token = NULL, lease_until = NULL \
                WHERE id = $1 AND token = $2 AND state = 'leased'";
            sql::run(
                conn,
                SQL,
                lease.into_iter().chain([Arg::Text(error.clone())]),
            )
            .await
        }
    }
}

/// The order to give a lease back that nobody took.
pub(super) fn untouched(lease: &Lease) -> Settle {
    let end = End::Again {
        pause: 0,
        refund: true,
        error: None,
    };
    Settle {
        id: lease.id,
        token: lease.token,
        delivery: String::new(),
        end,
    }
}

/// The order to bury a job that cannot be read.
pub(super) fn unreadable(id: i64, token: i64, error: &str) -> Settle {
    let error = sql::text(
        &format!("written by another version, and unreadable: {error}"),
        SENTENCE,
    );
    Settle {
        id,
        token,
        delivery: String::new(),
        end: End::Dead { error },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let options = Options {
            max_tries: 3,
            ..Options::default()
        };
        let end = |attempt, age, failure: Failure| verdict(&options, attempt, age, &failure, 500);
        let down = || Failure::Unavailable("GitHub is down".to_owned());
        let limit = || Failure::RateLimited(Duration::from_secs(60));

        assert!(matches!(
            end(2, 0, down()),
            End::Again {
                pause: 8_000,
                refund: false,
                ..
            }
        ));
        assert!(matches!(end(3, 0, down()), End::Dead { .. }));
        assert!(matches!(
            end(3, 0, limit()),
            End::Again {
                pause: 60_500,
                refund: true,
                ..
            }
        ));
        assert!(matches!(end(1, 4 * 86_400_000, limit()), End::Dead { .. }));
        let End::Dead { error } = end(1, 0, Failure::NotFound("o/r#7".to_owned())) else {
            panic!("a thing that is not there stays away");
        };
        assert_eq!(error, "o/r#7 was not found");
    }
}
