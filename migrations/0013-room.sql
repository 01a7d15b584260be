-- A revision updates the placements of all its clusters. On pages with room for that, the new rows lie beside the old ones and none of the
-- six indexes gets an entry.

ALTER TABLE placements SET (fillfactor = 50);

-- What is about to be pushed is noted first, and a revision's content is kept for ever: texts of up to some hundred kilobytes that a delivery
-- waits for. With lz4 that takes a third of the time. A PostgreSQL that was built without it keeps its default.
DO $$
BEGIN
    ALTER TABLE store_delivery ALTER COLUMN intent SET COMPRESSION lz4;
    ALTER TABLE revisions ALTER COLUMN content SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    RAISE NOTICE 'lz4 is not built in';
END
$$;
