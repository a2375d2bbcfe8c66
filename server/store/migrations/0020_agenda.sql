-- The agenda editor: headings, sub-items, numbering, and what was done to an agenda, so that it can be undone.

ALTER TABLE items ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN number_given BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE items ADD COLUMN recommendation TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN verbal BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE items ADD COLUMN consent BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE items ADD COLUMN to_follow TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN standing BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE items ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
UPDATE items SET number_given = TRUE WHERE number <> CAST(position AS TEXT);

ALTER TABLE meetings ADD COLUMN numbering TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN number_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE meetings ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE meetings ADD COLUMN order_revision BIGINT NOT NULL DEFAULT 1;

-- A step is one change of an agenda, with the item as it was and became; it is undone by a later one.
CREATE TABLE agenda_steps (
	id       {id},
	meeting  TEXT NOT NULL REFERENCES meetings (slug),
	at       {time} NOT NULL,
	who_id   TEXT NOT NULL,
	did      TEXT NOT NULL,
	item     TEXT NOT NULL,
	"before" TEXT,
	"after"  TEXT,
	behind   TEXT NOT NULL,
	undone   BOOLEAN NOT NULL
);
CREATE INDEX agenda_steps_by_meeting ON agenda_steps (meeting, id);
