-- A branch per cluster: what was known of one branch of a store is known of each.

-- Where the branch of a store may hold {cluster}, clusters may share a path, as their branches differ. The server refuses what collides.
ALTER TABLE clusters DROP CONSTRAINT clusters_state_store_path_key;
CREATE INDEX clusters_state_store ON clusters (state_store);

-- Of a cluster with a branch of its own; null and 0 where it shares one, whose head is in store_delivery.
ALTER TABLE cluster_delivery
    ADD COLUMN head          varchar(64) COLLATE "C",
    -- Since its branch was last written: how often that was refused, when the next try is due, at which fleet version the last was made.
    ADD COLUMN failures      integer NOT NULL DEFAULT 0,
    ADD COLUMN failing_since timestamptz,
    ADD COLUMN next_try      timestamptz,
    ADD COLUMN tried_version bigint NOT NULL DEFAULT 0,
    ADD COLUMN reason        varchar(32) COLLATE "C",
    ADD COLUMN message       text;

CREATE INDEX cluster_delivery_failing ON cluster_delivery (state_store) WHERE failures > 0;

-- Which clusters a change concerns, and the commit on the branch of each; of stores with a branch per cluster only.
-- No reference to clusters: history outlives them.
CREATE TABLE change_branches (
    change      bigint      NOT NULL REFERENCES changes (number) ON DELETE CASCADE,
    state_store varchar(63) COLLATE "C" NOT NULL,
    cluster     varchar(63) COLLATE "C" NOT NULL,
    branch      varchar(244) COLLATE "C" NOT NULL,
    commit      varchar(64) COLLATE "C",
    settled     boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (change, state_store, cluster)
);

CREATE INDEX change_branches_unsettled ON change_branches (state_store, cluster) WHERE NOT settled;

-- A push whose end nobody saw is settled across the upgrade: its record now holds a list of branches.
UPDATE store_delivery SET intent = (jsonb_build_object(
        'Store', i -> 'Store', 'Url', i -> 'Url', 'Branch', i -> 'Branch', 'Version', i -> 'Version', 'Manifests', i -> 'Manifests',
        'Branches', jsonb_build_array(jsonb_build_object(
            'Branch', i -> 'Branch', 'Base', i -> 'Base', 'Commit', intent_commit, 'Placements', i -> 'Placements', 'Clusters', i -> 'Clusters',
            'Changes', i -> 'Changes', 'Repaired', i -> 'Repaired'))))::text
FROM (SELECT state_store AS of, intent::jsonb AS i FROM store_delivery WHERE intent IS NOT NULL) AS kept
WHERE state_store = kept.of;
