-- What people said of failures and tests: one row for each thing, the newest that was said.

CREATE TABLE sayings (
    repo    TEXT   NOT NULL,
    -- 'failure' (about a fingerprint) or 'test' (about a name).
    kind    TEXT   NOT NULL,
    about   TEXT   NOT NULL,
    title   TEXT   NOT NULL,
    -- 0 where GitHub had not named it.
    user_id BIGINT NOT NULL,
    login   TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    url     TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    until   BIGINT NOT NULL,
    PRIMARY KEY (repo, kind, about)
);
CREATE INDEX sayings_until ON sayings (until);
