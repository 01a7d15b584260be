-- Embedded stores are written without the git program unless told otherwise.

UPDATE state_stores SET writer = 'Direct' WHERE url IS NULL;
