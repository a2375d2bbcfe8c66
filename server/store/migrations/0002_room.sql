-- The room: its number, its public events, contributions and supports.

CREATE TABLE rooms (
	meeting    TEXT PRIMARY KEY REFERENCES meetings (slug),
	state      TEXT NOT NULL,
	asking     TEXT NOT NULL,
	item       TEXT NOT NULL,
	item_since {time},
	seq        BIGINT NOT NULL,
	opened_at  {time},
	closed_at  {time}
);

CREATE TABLE room_events (
	meeting TEXT NOT NULL REFERENCES rooms (meeting),
	seq     BIGINT NOT NULL,
	kind    TEXT NOT NULL,
	at      {time} NOT NULL,
	data    TEXT NOT NULL,
	PRIMARY KEY (meeting, seq)
);

CREATE TABLE contributions (
	number       TEXT PRIMARY KEY,
	kind         TEXT NOT NULL,
	meeting      TEXT NOT NULL REFERENCES rooms (meeting),
	board        TEXT NOT NULL,
	item         TEXT NOT NULL,
	state        TEXT NOT NULL,
	text         TEXT NOT NULL,
	name         TEXT NOT NULL,
	area         TEXT NOT NULL,
	supports     BIGINT NOT NULL,
	reason       TEXT NOT NULL,
	merged_into  TEXT NOT NULL,
	answer       TEXT NOT NULL,
	answered_by  TEXT NOT NULL,
	revision     BIGINT NOT NULL,
	received_at  {time} NOT NULL,
	published_at {time},
	answered_at  {time},
	changed_at   {time} NOT NULL,
	device       TEXT NOT NULL,
	ask_key      TEXT NOT NULL,
	UNIQUE (meeting, device, ask_key)
);
CREATE INDEX contributions_by_meeting ON contributions (meeting, received_at, number);
CREATE INDEX contributions_by_time ON contributions (received_at, number);

-- E-mail and name of the asker, sealed: erasing this row erases the person.
CREATE TABLE contribution_people (
	number TEXT PRIMARY KEY REFERENCES contributions (number),
	sealed {bytes} NOT NULL
);

CREATE TABLE supports (
	question TEXT NOT NULL REFERENCES contributions (number),
	device   TEXT NOT NULL,
	at       {time} NOT NULL,
	PRIMARY KEY (question, device)
);
CREATE INDEX supports_by_device ON supports (device);
