-- What builds and pushes the commits of a store: the git program, or we ourselves.

ALTER TABLE state_stores ADD COLUMN writer varchar(32) COLLATE "C" NOT NULL DEFAULT 'Git' CHECK (writer IN ('Git', 'Direct'));
