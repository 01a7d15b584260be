-- Every visit of a store asks for stalled placements, which are few.

CREATE INDEX placements_stalled ON placements (cluster) WHERE stalled_reason IS NOT NULL;
