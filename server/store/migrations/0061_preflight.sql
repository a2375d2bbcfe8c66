-- Which bytes the checks have seen, and who let go what they blocked. Names are sealed.

ALTER TABLE versions ADD COLUMN checked TEXT NOT NULL DEFAULT '';

CREATE TABLE overrides (
	paper    TEXT NOT NULL REFERENCES papers (id),
	n        BIGINT NOT NULL,
	reason   TEXT NOT NULL,
	asked_by TEXT NOT NULL,
	asked_at {time} NOT NULL,
	asker    {bytes} NOT NULL,
	given_by TEXT NOT NULL DEFAULT '',
	given_at {time},
	giver    {bytes},
	PRIMARY KEY (paper, n)
);
