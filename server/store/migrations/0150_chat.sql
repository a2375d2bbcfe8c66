-- What is said beside a meeting. Words are here while the public may read them; before, and after they
-- were removed, they are sealed in chat_words, whose row goes with them when they are erased.

CREATE TABLE chat (
	id        TEXT PRIMARY KEY,
	meeting   TEXT NOT NULL REFERENCES rooms (meeting),
	board     TEXT NOT NULL,
	state     TEXT NOT NULL,
	seq       BIGINT NOT NULL,
	name      TEXT NOT NULL,
	text      TEXT NOT NULL,
	reason    TEXT NOT NULL,
	sent_at   {time} NOT NULL,
	posted_at {time},
	ended_at  {time},
	device    TEXT NOT NULL,
	send_key  TEXT NOT NULL,
	UNIQUE (meeting, device, send_key)
);
CREATE INDEX chat_by_place ON chat (meeting, seq);
CREATE INDEX chat_waiting ON chat (meeting, sent_at, id) WHERE state = 'waiting';

CREATE TABLE chat_words (
	id     TEXT PRIMARY KEY REFERENCES chat (id),
	sealed {bytes} NOT NULL
);
