-- Keys for ssh and for signing, certificates of private authorities.
--
-- Of an ssh credential the ciphertext holds the private key together with the known hosts. What is in columns of its own is public, and shown: the
-- public key, the certificates. Whether there are known hosts is asked when a store wants to connect with the key, without opening it.
ALTER TABLE credentials
    ADD COLUMN public_key      text,
    ADD COLUMN has_known_hosts boolean NOT NULL DEFAULT false,
    ADD COLUMN ca_certificate  text;

ALTER TABLE state_stores
    ADD COLUMN signing_key_name varchar(63) COLLATE "C" REFERENCES credentials (name) ON DELETE RESTRICT;
