-- Deliveries, their jobs, the decisions that came of them, and a few marks.
--
-- Written once for SQLite and PostgreSQL. `{id}`, `{bytes}` and `{queue}` are replaced by each
-- dialect's words before the file runs. All times are milliseconds since 1970, all numbers are BIGINT.

CREATE TABLE deliveries (
    -- Packed so that new ones come last: see `guid.rs`.
    guid        {bytes} NOT NULL PRIMARY KEY,
    event       TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    repo        TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    payload     {bytes}
);
CREATE INDEX deliveries_received ON deliveries (received_at);

CREATE TABLE jobs (
    id          {id},
    delivery    {bytes} NOT NULL REFERENCES deliveries (guid) ON DELETE CASCADE,
    name        TEXT   NOT NULL,
    lane        TEXT   NOT NULL,
    job         TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('queued', 'leased', 'done', 'dead')),
    tries       BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    run_at      BIGINT NOT NULL,
    token       BIGINT,
    holder      TEXT,
    lease_until BIGINT,
    started_at  BIGINT,
    finished_at BIGINT,
    summary     TEXT,
    error       TEXT
);
CREATE INDEX jobs_delivery ON jobs (delivery);
{queue};
-- One job of a lane at a time, whatever a replica believes.
CREATE UNIQUE INDEX jobs_leased ON jobs (lane) WHERE state = 'leased';
CREATE INDEX jobs_dead ON jobs (finished_at) WHERE state = 'dead';

CREATE TABLE decisions (
    id         {id},
    capability TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    size       BIGINT NOT NULL,
    body       {bytes} NOT NULL
);
CREATE INDEX decisions_at ON decisions (at);
CREATE INDEX decisions_subject ON decisions (subject, capability, at);

-- Failures by their fingerprint, where each was seen, and whether a later attempt of the same run passed.
CREATE TABLE sightings (
    repo         TEXT   NOT NULL,
    fingerprint  TEXT   NOT NULL,
    run          BIGINT NOT NULL,
    attempt      BIGINT NOT NULL,
    sha          TEXT   NOT NULL,
    -- 0 where it was seen on none.
    pull_request BIGINT NOT NULL,
    job          TEXT   NOT NULL,
    url          TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    passed       BIGINT NOT NULL,
    PRIMARY KEY (repo, fingerprint, run, attempt)
);
CREATE INDEX sightings_run ON sightings (repo, run);
CREATE INDEX sightings_at ON sightings (at);

-- Named moments, and who holds a turn that only one replica may take.
CREATE TABLE marks (
    name   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    at     BIGINT NOT NULL
);

-- How often GitHub was asked to send a delivery again, since when and when last: those that have
-- been missing for long are asked for more rarely, and given up by their age.
CREATE TABLE redeliveries (
    guid     TEXT   NOT NULL PRIMARY KEY,
    times    BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    first_at BIGINT NOT NULL
);
CREATE INDEX redeliveries_asked ON redeliveries (asked_at);
