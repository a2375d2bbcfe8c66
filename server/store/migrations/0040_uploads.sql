-- Files that are on their way in pieces. What is received is on disk before it is counted here.
CREATE TABLE uploads (
	id         TEXT PRIMARY KEY,
	meeting    TEXT NOT NULL REFERENCES meetings (slug),
	board      TEXT NOT NULL,
	person     TEXT NOT NULL,
	name       TEXT NOT NULL,
	folder     TEXT NOT NULL,
	size       BIGINT NOT NULL,
	sha256     TEXT NOT NULL,
	modified   {time} NOT NULL,
	received   BIGINT NOT NULL,
	paper      TEXT NOT NULL,
	n          BIGINT NOT NULL,
	created_at {time} NOT NULL,
	touched_at {time} NOT NULL
);
CREATE INDEX uploads_by_person ON uploads (person, meeting);
CREATE INDEX uploads_by_age ON uploads (touched_at);
