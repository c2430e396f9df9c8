-- Runs of the past that a backfill has read, up to which attempt, so that no log is read twice.

CREATE TABLE backfilled (
    repo    TEXT   NOT NULL,
    run     BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    -- When the run began.
    at      BIGINT NOT NULL,
    PRIMARY KEY (repo, run)
);
CREATE INDEX backfilled_at ON backfilled (at);
