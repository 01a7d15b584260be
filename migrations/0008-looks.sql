-- When a branch was last seen, and whether somebody wants it to be looked at.
--
-- A branch is compared with the head that is recorded here again and again, so that what others do to it is noticed without a change of ours.
-- seen_at is the evidence for what the status of a store says: the last time that the branch was where head has it, or was moved there by us.
-- sync_wanted_at is a wish that outlives the process that took it: any server that writes the store fulfils it.

ALTER TABLE store_delivery
    ADD COLUMN seen_at        timestamptz,
    ADD COLUMN sync_wanted_at timestamptz;
