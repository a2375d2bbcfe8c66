-- How a meeting is watched: its stream, what is announced, why and until when it has stopped.

ALTER TABLE rooms ADD COLUMN state_since {time};
ALTER TABLE rooms ADD COLUMN stream_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN stream_url TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN notice TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN notice_at {time};
ALTER TABLE rooms ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN resumes_at {time};

-- The log of a room: when the meeting was public, paused, adjourned and in private, and by which resolution.
CREATE TABLE room_sessions (
	meeting     TEXT NOT NULL REFERENCES rooms (meeting),
	n           BIGINT NOT NULL,
	kind        TEXT NOT NULL,
	began_at    {time} NOT NULL,
	ended_at    {time},
	why         TEXT NOT NULL,
	until       {time},
	item        TEXT NOT NULL,
	resolution  TEXT NOT NULL,
	moved_by    TEXT NOT NULL,
	seconded_by TEXT NOT NULL,
	PRIMARY KEY (meeting, n)
);

-- Origins from which streams may be shown, one a line.
ALTER TABLE site ADD COLUMN stream_origins TEXT NOT NULL DEFAULT '';
