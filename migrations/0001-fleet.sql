-- The fleet: what was promised, where it goes, and how far the branches have got.
--
-- Names, words and digests are COLLATE "C": their order is the API's order (by ordinal), whatever locale the database has.
-- JSON that has to come back byte for byte (contents of revisions, impacts) is text; jsonb would sort keys and drop digits.

-- One row. UPDATE fleet SET version = version + 1 is the fleet lock: whoever holds the row decides, all others wait.
CREATE TABLE fleet (
    id      smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    version bigint   NOT NULL CHECK (version >= 0)
);

INSERT INTO fleet (id, version) VALUES (1, 0);

CREATE TABLE settings (
    name  varchar(63) COLLATE "C" NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE access_tokens (
    name             varchar(63) COLLATE "C" NOT NULL PRIMARY KEY,
    uid              uuid        NOT NULL UNIQUE,
    generation       bigint      NOT NULL,
    resource_version bigint      NOT NULL,
    labels           jsonb       NOT NULL,
    annotations      jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    role             varchar(32) COLLATE "C" NOT NULL CHECK (role IN ('Viewer', 'Operator', 'Admin')),
    hash             bytea       NOT NULL UNIQUE,
    prefix           varchar(32) COLLATE "C" NOT NULL,
    expires_at       timestamptz,
    last_used_at     timestamptz
);

CREATE TABLE credentials (
    name             varchar(63) COLLATE "C" NOT NULL PRIMARY KEY,
    uid              uuid        NOT NULL UNIQUE,
    generation       bigint      NOT NULL,
    resource_version bigint      NOT NULL,
    labels           jsonb       NOT NULL,
    annotations      jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    type             varchar(32) COLLATE "C" NOT NULL CHECK (type IN ('token', 'ssh')),
    username         text        NOT NULL,
    ciphertext       bytea       NOT NULL,
    fingerprint      varchar(71) COLLATE "C" NOT NULL,
    updated_at       timestamptz NOT NULL
);

CREATE TABLE state_stores (
    name             varchar(63) COLLATE "C" NOT NULL PRIMARY KEY,
    uid              uuid        NOT NULL UNIQUE,
    generation       bigint      NOT NULL,
    resource_version bigint      NOT NULL,
    labels           jsonb       NOT NULL,
    annotations      jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    url              varchar(2048) COLLATE "C",  -- null: embedded
    branch           varchar(244) COLLATE "C" NOT NULL,
    credential_name  varchar(63) COLLATE "C" REFERENCES credentials (name) ON DELETE RESTRICT,
    author_name      text        NOT NULL,
    author_email     text        NOT NULL,
    committer_name   text,
    committer_email  text,
    base_path        varchar(512) COLLATE "C" NOT NULL,
    layout           varchar(32) COLLATE "C" NOT NULL CHECK (layout IN ('Placements', 'Kratix')),
    CHECK ((committer_name IS NULL) = (committer_email IS NULL))
);

CREATE TABLE environments (
    name             varchar(63) COLLATE "C" NOT NULL PRIMARY KEY,
    uid              uuid        NOT NULL UNIQUE,
    generation       bigint      NOT NULL,
    resource_version bigint      NOT NULL,
    labels           jsonb       NOT NULL,
    annotations      jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    position         integer     NOT NULL,
    audience         varchar(32) COLLATE "C" NOT NULL CHECK (audience IN ('Internal', 'External'))
);

CREATE TABLE clusters (
    name                varchar(63) COLLATE "C" NOT NULL PRIMARY KEY,
    uid                 uuid        NOT NULL UNIQUE,
    generation          bigint      NOT NULL,
    resource_version    bigint      NOT NULL,
    labels              jsonb       NOT NULL,
    annotations         jsonb       NOT NULL,
    created_at          timestamptz NOT NULL,
    environment         varchar(63) COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE RESTRICT,
    state_store         varchar(63) COLLATE "C" NOT NULL REFERENCES state_stores (name) ON DELETE RESTRICT,
    path                varchar(512) COLLATE "C" NOT NULL,
    agent               varchar(32) COLLATE "C" NOT NULL CHECK (agent IN ('Flux', 'Argocd')),
    provider            text,
    region              text,
    cordoned            boolean     NOT NULL,
    taints              jsonb       NOT NULL,
    node_pools          text,
    strict_match_labels boolean     NOT NULL,
    leaving             boolean     NOT NULL,
    -- Nested paths and stores that share a branch are the server's to refuse; this is the last line.
    UNIQUE (state_store, path)
);

CREATE INDEX clusters_environment ON clusters (environment);

CREATE TABLE promises (
    name             varchar(63) COLLATE "C" NOT NULL PRIMARY KEY,
    uid              uuid        NOT NULL UNIQUE,
    generation       bigint      NOT NULL,
    resource_version bigint      NOT NULL,
    labels           jsonb       NOT NULL,
    annotations      jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    latest_revision  integer     NOT NULL,
    current_revision integer     NOT NULL,
    leaving          boolean     NOT NULL,
    CHECK (current_revision BETWEEN 1 AND latest_revision)
);

CREATE TABLE revisions (
    promise    varchar(63) COLLATE "C" NOT NULL REFERENCES promises (name) ON DELETE CASCADE,
    number     integer     NOT NULL CHECK (number > 0),
    digest     varchar(71) COLLATE "C" NOT NULL,
    version    varchar(128) COLLATE "C",
    content    text        NOT NULL,
    created_by varchar(63) COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    change     bigint      NOT NULL,
    PRIMARY KEY (promise, number),
    -- Equal content makes no new revision, and a version names one content for ever.
    UNIQUE (promise, digest),
    UNIQUE (promise, version)
);

CREATE TABLE pins (
    environment varchar(63) COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
    promise     varchar(63) COLLATE "C" NOT NULL,
    revision    integer     NOT NULL,
    PRIMARY KEY (environment, promise),
    FOREIGN KEY (promise, revision) REFERENCES revisions (promise, number) ON DELETE RESTRICT
);

CREATE INDEX pins_revision ON pins (promise, revision);

-- Files on a branch, shared by all placements that have the same ones.
CREATE TABLE file_manifests (
    digest varchar(71) COLLATE "C" NOT NULL PRIMARY KEY,
    files  jsonb       NOT NULL
);

CREATE TABLE placements (
    promise          varchar(63) COLLATE "C" NOT NULL,
    cluster          varchar(63) COLLATE "C" NOT NULL REFERENCES clusters (name) ON DELETE RESTRICT,
    -- A dot cannot stand in either name, so this is one to one; lists are in its order.
    name             text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (promise || '.' || cluster) STORED UNIQUE,
    environment      varchar(63) COLLATE "C" NOT NULL,
    uid              uuid        NOT NULL UNIQUE,
    created_at       timestamptz NOT NULL,
    resource_version bigint      NOT NULL,
    generation       bigint      NOT NULL,
    -- No reference to revisions: a member that is not pinned in its environment is blocked with revision 0.
    revision         integer     NOT NULL,
    outcome          varchar(32) COLLATE "C" NOT NULL CHECK (outcome IN ('Placed', 'Retained', 'Blocked')),
    delivers         boolean     NOT NULL,
    reason           varchar(32) COLLATE "C" NOT NULL CHECK (reason IN (
                         'Selected', 'AllClusters', 'Included', 'Retained', 'AwaitingConfirmation',
                         'RequirementMissing', 'ExclusiveCapability', 'ObjectCollision', 'MemberNotPinned')),
    message          text        NOT NULL,
    included_by      text[]      NOT NULL,
    depends_on       text[]      NOT NULL,
    digest           varchar(71) COLLATE "C",
    scheduled_at     timestamptz NOT NULL,
    leaving          boolean     NOT NULL,
    written_digest   varchar(71) COLLATE "C",
    written_revision integer,
    written_manifest varchar(71) COLLATE "C" REFERENCES file_manifests (digest) ON DELETE RESTRICT,
    written_child    varchar(64) COLLATE "C",
    commit           varchar(64) COLLATE "C",
    written_at       timestamptz,
    stalled_reason   varchar(32) COLLATE "C",
    stalled_message  text,
    PRIMARY KEY (promise, cluster)
);

CREATE INDEX placements_cluster ON placements (cluster);
CREATE INDEX placements_written_manifest ON placements (written_manifest);

CREATE TABLE cluster_delivery (
    cluster         varchar(63) COLLATE "C" NOT NULL PRIMARY KEY REFERENCES clusters (name) ON DELETE CASCADE,
    state_store     varchar(63) COLLATE "C" NOT NULL,
    wanted_version  bigint      NOT NULL,
    written_version bigint      NOT NULL,
    files           jsonb       NOT NULL,
    findings        jsonb       NOT NULL,
    findings_at     timestamptz
);

-- What a writer asks for, again and again, and mostly there is nothing.
CREATE INDEX cluster_delivery_dirty ON cluster_delivery (state_store) WHERE wanted_version > written_version;

CREATE TABLE store_delivery (
    state_store       varchar(63) COLLATE "C" NOT NULL PRIMARY KEY REFERENCES state_stores (name) ON DELETE CASCADE,
    head              varchar(64) COLLATE "C",
    reflected_version bigint      NOT NULL,
    failures          integer     NOT NULL,
    failing_since     timestamptz,
    next_try          timestamptz,
    reason            varchar(32) COLLATE "C" NOT NULL,
    message           text        NOT NULL,
    transition_at     timestamptz,
    intent_commit     varchar(64) COLLATE "C",
    intent            text
);

CREATE TABLE changes (
    number  bigint      NOT NULL PRIMARY KEY,
    at      timestamptz NOT NULL,
    by      varchar(63) COLLATE "C" NOT NULL,
    method  varchar(32) COLLATE "C" NOT NULL,
    path    text        NOT NULL,
    summary text        NOT NULL,
    impact  text        NOT NULL
);

-- No reference to state_stores: history outlives the store.
CREATE TABLE change_stores (
    change      bigint      NOT NULL REFERENCES changes (number) ON DELETE CASCADE,
    state_store varchar(63) COLLATE "C" NOT NULL,
    commit      varchar(64) COLLATE "C",
    settled     boolean     NOT NULL,
    PRIMARY KEY (change, state_store)
);

CREATE INDEX change_stores_unsettled ON change_stores (state_store) WHERE NOT settled;

CREATE TABLE fleet_events (
    version bigint      NOT NULL REFERENCES changes (number) ON DELETE CASCADE,
    ordinal integer     NOT NULL,
    type    varchar(32) COLLATE "C" NOT NULL CHECK (type IN ('Added', 'Modified', 'Deleted')),
    kind    varchar(32) COLLATE "C" NOT NULL,
    name    varchar(127) COLLATE "C" NOT NULL,  -- promise.cluster of a placement
    PRIMARY KEY (version, ordinal)
);

CREATE TABLE promotions (
    change bigint      NOT NULL PRIMARY KEY,
    spec   text        NOT NULL,
    pins   text        NOT NULL,
    by     varchar(63) COLLATE "C" NOT NULL,
    at     timestamptz NOT NULL,
    uid    uuid        NOT NULL UNIQUE
);
