-- Delivery by pull request: a store in mode Proposal is not pushed to. What is to be written goes to a branch of its own for each environment, and counts as written
-- once it is found on the store's branch.

ALTER TABLE state_stores ADD COLUMN mode varchar(32) COLLATE "C" NOT NULL DEFAULT 'Push' CHECK (mode IN ('Push', 'Proposal'));

-- Of what the pushed proposal holds of it; empty text where that is its removal. Equal to what is wanted: Proposed.
ALTER TABLE placements ADD COLUMN proposed_digest varchar(71) COLLATE "C";

CREATE TABLE proposals (
    state_store varchar(63)  COLLATE "C" NOT NULL REFERENCES state_stores (name) ON DELETE CASCADE,
    environment varchar(63)  COLLATE "C" NOT NULL,
    branch      varchar(244) COLLATE "C" NOT NULL,
    phase       varchar(32)  COLLATE "C" NOT NULL CHECK (phase IN ('Pushing', 'Open', 'Closing', 'Closed')),
    -- What was pushed last, or is about to be; noted before the push.
    head        varchar(64)  COLLATE "C" NOT NULL,
    -- The commit of the store's branch that it builds on; null if there was no such branch.
    base        varchar(64)  COLLATE "C",
    -- Whatever of ours the branch may point at. Anything else there is somebody else's, and is not overwritten.
    commits     text[]       NOT NULL,
    version     bigint       NOT NULL,
    at          timestamptz  NOT NULL,
    PRIMARY KEY (state_store, environment)
);

-- Files of proposals that may be merged at any time, also of one that was replaced a moment ago: found on the store's branch, they are ours. Noted before the push,
-- removed when the environment is at rest.
CREATE TABLE proposed_files (
    state_store varchar(63)   COLLATE "C" NOT NULL,
    environment varchar(63)   COLLATE "C" NOT NULL,
    path        varchar(2048) COLLATE "C" NOT NULL,
    -- The placement (promise.cluster) or the cluster that it belongs to.
    owner       varchar(127)  COLLATE "C" NOT NULL,
    blob        varchar(64)   COLLATE "C" NOT NULL,
    -- Its cluster was off-boarded by a confirmed change. The grant for that is gone with the cluster, so what it allowed is kept here.
    withdrawn   boolean       NOT NULL DEFAULT false,
    PRIMARY KEY (state_store, environment, path, blob, owner),
    FOREIGN KEY (state_store, environment) REFERENCES proposals (state_store, environment) ON DELETE CASCADE
);
