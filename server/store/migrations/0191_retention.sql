-- How long what is personal is kept, by board; '' is every board that has no rules of its own.
CREATE TABLE retention_rules (
	board TEXT PRIMARY KEY,
	rules TEXT NOT NULL
);

-- What was erased by a rule: how much of what, never what it said.
CREATE TABLE erasures (
	id      TEXT PRIMARY KEY,
	at      {time} NOT NULL,
	thing   TEXT NOT NULL,
	board   TEXT NOT NULL,
	meeting TEXT NOT NULL,
	days    BIGINT NOT NULL,
	n       BIGINT NOT NULL
);
CREATE INDEX erasures_by_time ON erasures (at);

-- The round of erasing: who is at it until when, and when it was last done.
CREATE TABLE retention_round (
	id           BIGINT PRIMARY KEY CHECK (id = 1),
	leased_until {time} NOT NULL,
	done_at      {time} NOT NULL
);
INSERT INTO retention_round (id, leased_until, done_at) VALUES (1, '1970-01-01 00:00:00+00:00', '1970-01-01 00:00:00+00:00');

ALTER TABLE contributions ADD COLUMN contact_erased_at {time};
ALTER TABLE contributions ADD COLUMN words_erased_at {time};
ALTER TABLE rooms ADD COLUMN devices_erased_at {time};
