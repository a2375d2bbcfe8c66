-- What was brought in from an archive: it was public elsewhere before, so its time here is no notice.
ALTER TABLE meetings ADD COLUMN archived_at {time};
ALTER TABLE publications ADD COLUMN archive BOOLEAN NOT NULL DEFAULT FALSE;
