-- The moderator's desk: what is kept beside contributions while somebody works on them, reports, what holds back devices, listed words.

ALTER TABLE rooms ADD COLUMN slow BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN delay BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN asking_paused BOOLEAN NOT NULL DEFAULT FALSE;

-- Who is at a contribution, until when. Names of staff are sealed here and below.
CREATE TABLE desk_claims (
	number  TEXT PRIMARY KEY REFERENCES contributions (number),
	meeting TEXT NOT NULL,
	who_id  TEXT NOT NULL,
	sealed  {bytes} NOT NULL,
	at      {time} NOT NULL,
	until   {time} NOT NULL
);
CREATE INDEX desk_claims_by_meeting ON desk_claims (meeting);

-- A second opinion that is asked for.
CREATE TABLE desk_opinions (
	number  TEXT PRIMARY KEY REFERENCES contributions (number),
	meeting TEXT NOT NULL,
	who_id  TEXT NOT NULL,
	sealed  {bytes} NOT NULL,
	at      {time} NOT NULL
);
CREATE INDEX desk_opinions_by_meeting ON desk_opinions (meeting);

-- Whether a moderator put it into the urgent queue, or took it out.
CREATE TABLE desk_urgent (
	number  TEXT PRIMARY KEY REFERENCES contributions (number),
	meeting TEXT NOT NULL,
	urgent  BOOLEAN NOT NULL,
	who_id  TEXT NOT NULL,
	sealed  {bytes} NOT NULL,
	at      {time} NOT NULL
);
CREATE INDEX desk_urgent_by_meeting ON desk_urgent (meeting);

-- Decisions to publish that wait for their moment ("moderators first").
CREATE TABLE desk_outgoing (
	number  TEXT PRIMARY KEY REFERENCES contributions (number),
	meeting TEXT NOT NULL,
	who_id  TEXT NOT NULL,
	role    TEXT NOT NULL,
	sealed  {bytes} NOT NULL,
	due     {time} NOT NULL
);
CREATE INDEX desk_outgoing_by_due ON desk_outgoing (due);

CREATE TABLE reports (
	id         TEXT PRIMARY KEY,
	board      TEXT NOT NULL,
	meeting    TEXT NOT NULL,
	subject    TEXT NOT NULL,
	part       TEXT NOT NULL,
	device     TEXT NOT NULL,
	reason     TEXT NOT NULL,
	sealed     {bytes} NOT NULL,
	urgent     BOOLEAN NOT NULL,
	at         {time} NOT NULL,
	settled_at {time},
	outcome    TEXT NOT NULL,
	UNIQUE (subject, part, device)
);
CREATE INDEX reports_by_meeting ON reports (meeting, at);

-- A block holds for a device and a board until its end. It always has one.
CREATE TABLE device_blocks (
	id        TEXT PRIMARY KEY,
	board     TEXT NOT NULL,
	device    TEXT NOT NULL,
	about     TEXT NOT NULL,
	reason    TEXT NOT NULL,
	who_id    TEXT NOT NULL,
	sealed    {bytes} NOT NULL,
	at        {time} NOT NULL,
	until     {time} NOT NULL,
	lifted_at {time}
);
CREATE INDEX device_blocks_by_device ON device_blocks (device, board);
CREATE INDEX device_blocks_by_board ON device_blocks (board, at);

-- An address is never blocked, only slowed while it floods, because whole hospitals share one. It is kept as a keyed hash.
CREATE TABLE place_slowings (
	id        TEXT PRIMARY KEY,
	board     TEXT NOT NULL,
	place     TEXT NOT NULL,
	every     BIGINT NOT NULL,
	about     TEXT NOT NULL,
	reason    TEXT NOT NULL,
	who_id    TEXT NOT NULL,
	sealed    {bytes} NOT NULL,
	at        {time} NOT NULL,
	until     {time} NOT NULL,
	lifted_at {time}
);
CREATE INDEX place_slowings_by_place ON place_slowings (place, board);
CREATE INDEX place_slowings_by_board ON place_slowings (board, at);

-- From where contributions came, as a keyed hash, for an hour: long enough to slow a flood.
CREATE TABLE recent_places (
	subject TEXT PRIMARY KEY,
	meeting TEXT NOT NULL,
	place   TEXT NOT NULL,
	at      {time} NOT NULL
);
CREATE INDEX recent_places_by_place ON recent_places (place, at);
CREATE INDEX recent_places_by_time ON recent_places (at);

CREATE TABLE board_words (
	board  TEXT PRIMARY KEY,
	names  TEXT NOT NULL,
	look   TEXT NOT NULL,
	urgent TEXT NOT NULL
);
