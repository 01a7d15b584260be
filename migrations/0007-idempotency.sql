-- The first answer to a POST with an Idempotency-Key, kept in the transaction of its effect and given again when the same request comes again.
-- A key is held while its request runs by an advisory lock of that transaction, so a crash leaves neither effect nor key.

CREATE TABLE idempotency_keys (
    principal   varchar(63) COLLATE "C"  NOT NULL,  -- name of the token
    key         varchar(255) COLLATE "C" NOT NULL,
    fingerprint bytea       NOT NULL,               -- SHA-256 of method, path with query, and the digest of the body
    effect      varchar(32) COLLATE "C"  NOT NULL,
    change      bigint,
    location    text,
    body        bytea       NOT NULL,
    encrypted   boolean     NOT NULL,               -- with the key ring outside the database, where the answer holds a secret
    kept_at     timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);

CREATE INDEX idempotency_keys_kept_at ON idempotency_keys (kept_at);
