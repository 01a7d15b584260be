-- Many servers on one database: who is there, and which of them writes which store.
--
-- All times are the database's own (clock_timestamp()): the clocks of the servers may differ as they like.

-- One row per start of a server, and again whenever it lost its connection. It lives as long as its session holds the advisory lock of its id.
CREATE TABLE replicas (
    id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server     uuid        NOT NULL,  -- of its data directory, so the same after a restart
    host       varchar(255) COLLATE "C" NOT NULL,
    role       varchar(32) COLLATE "C" NOT NULL CHECK (role IN ('All', 'Api', 'Worker')),
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);

CREATE INDEX replicas_server ON replicas (server);

-- Whether the session of a replica is there. The first number is only ours: the letters "Prom".
CREATE FUNCTION replica_lives(replica bigint) RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 1349676909 AND objid = replica::oid AND objsubid = 2 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
$$;

-- One for all stores: a store that is deleted and made anew must not get an epoch that a writer of the old one may still have in hand.
CREATE SEQUENCE store_epochs;

CREATE TABLE store_lease (
    state_store varchar(63) COLLATE "C" NOT NULL PRIMARY KEY REFERENCES state_stores (name) ON DELETE CASCADE,
    holder      bigint,               -- null: free. No reference to replicas: rows there come and go
    epoch       bigint      NOT NULL, -- rises with every claim; what an earlier one still does is not recorded
    until       timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0  -- claims in a row whose visit never came to an end
);

CREATE INDEX store_lease_holder ON store_lease (holder) WHERE holder IS NOT NULL;

-- In whose data directory an embedded store lies. No row: from before there were several servers; server null: no worker has taken it yet.
CREATE TABLE store_homes (
    state_store varchar(63) COLLATE "C" NOT NULL PRIMARY KEY REFERENCES state_stores (name) ON DELETE CASCADE,
    server      uuid
);
