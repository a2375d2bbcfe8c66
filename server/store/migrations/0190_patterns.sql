-- Unusual patterns of support: many new devices from one place at once, or more than people watch.

-- Where a support came from, as a keyed hash that says nothing beyond its day and meeting. It is kept
-- for the minutes in which a pattern could show, and never in the row of the support.
CREATE TABLE support_places (
	question TEXT NOT NULL,
	device   TEXT NOT NULL,
	meeting  TEXT NOT NULL,
	place    TEXT NOT NULL,
	at       {time} NOT NULL,
	PRIMARY KEY (question, device)
);
CREATE INDEX support_places_by_time ON support_places (meeting, at);

-- The pattern that a support came in, or ''.
ALTER TABLE supports ADD COLUMN pattern TEXT NOT NULL DEFAULT '';

CREATE TABLE support_patterns (
	question   TEXT NOT NULL REFERENCES contributions (number),
	id         TEXT NOT NULL,
	meeting    TEXT NOT NULL,
	kind       TEXT NOT NULL,
	devices    BIGINT NOT NULL,
	first_at   {time} NOT NULL,
	last_at    {time} NOT NULL,
	state      TEXT NOT NULL,
	found_at   {time} NOT NULL,
	decided_at {time},
	PRIMARY KEY (question, id)
);
CREATE INDEX support_patterns_by_meeting ON support_patterns (meeting, found_at);

-- What is stated in public beside a question: how many of its supports came in such patterns and are
-- counted, and how many are left out of the count.
ALTER TABLE contributions ADD COLUMN unusual_counted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contributions ADD COLUMN unusual_left_out BIGINT NOT NULL DEFAULT 0;
