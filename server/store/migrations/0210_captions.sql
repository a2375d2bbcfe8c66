-- Which caption a key brought: one that is sent again is not said twice.
CREATE TABLE caption_keys (
	meeting  TEXT NOT NULL REFERENCES rooms (meeting),
	send_key TEXT NOT NULL,
	seq      BIGINT NOT NULL,
	PRIMARY KEY (meeting, send_key)
);

-- A meeting has thousands of captions among its events: the last few, and a page of them, are found at once.
CREATE INDEX captions_by_seq ON room_events (meeting, seq) WHERE kind = 'caption.spoken';
