-- fleet_events becomes the log that GET /events is read from: what changes touched, and now also what changed without one, such as
-- the state of a placement once its commit is on the branch.
--
-- Transactions commit in another order than their rows are numbered, so a reader that remembers the highest number it saw would pass over
-- rows that come late. Readers take rows only once every transaction of their time is over (xid below the xmin of the reader's snapshot), in
-- the order (xid, sequence): nothing can appear below what was read.

ALTER TABLE fleet_events DROP CONSTRAINT fleet_events_pkey;
ALTER TABLE fleet_events
    ALTER COLUMN version DROP NOT NULL,  -- null: no change, only status moved
    ALTER COLUMN ordinal SET DEFAULT 0,
    ADD COLUMN sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD COLUMN xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD COLUMN at       timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN detail   text;

-- For those who move snapshots forward, and for GET /changes.
CREATE UNIQUE INDEX fleet_events_version ON fleet_events (version, ordinal) WHERE version IS NOT NULL;
-- For readers.
CREATE INDEX fleet_events_order ON fleet_events (xid, sequence);
-- For finding what is too old; rows come nearly in this order, so a summary of blocks is enough.
CREATE INDEX fleet_events_at ON fleet_events USING brin (at);

-- A list shows at least what the change of its resourceVersion and all before it did. What it may lack was committed later, by transactions
-- that had not ended when that change was written: none of them is below this.
ALTER TABLE changes ADD COLUMN events_from xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot());

-- One row: where the log begins, since older rows are removed.
CREATE TABLE event_horizon (
    id       smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    -- The database whose transaction numbers these are; a restored copy counts by numbers of its own. Empty until a server has looked.
    log      text     NOT NULL,
    xid      xid8     NOT NULL,
    sequence bigint   NOT NULL,
    -- Up to this change rows may be missing.
    version  bigint   NOT NULL
);

INSERT INTO event_horizon (id, log, xid, sequence, version) VALUES (1, '', '0', 0, 0);
