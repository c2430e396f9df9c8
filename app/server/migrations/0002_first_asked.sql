-- When GitHub was first asked for a delivery: those that have been missing for long are asked for
-- more rarely, and given up by their age. NULL in rows of an older version.

ALTER TABLE redeliveries ADD COLUMN first_at BIGINT;
