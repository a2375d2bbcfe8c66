-- What was taken back in an emergency, what each program cleared of it, and who had downloaded it.

ALTER TABLE versions ADD COLUMN erased_at {time};

CREATE TABLE clearings (
	act     BIGINT NOT NULL REFERENCES acts (number),
	program TEXT NOT NULL,
	part    TEXT NOT NULL,
	says    TEXT NOT NULL,
	at      {time} NOT NULL,
	PRIMARY KEY (act, program, part)
);

-- visitor is a keyed fingerprint of where somebody was, "user:" and an id, or empty for those whose
-- fingerprints were let go.
CREATE TABLE downloads (
	subject  TEXT NOT NULL,
	visitor  TEXT NOT NULL,
	times    BIGINT NOT NULL,
	first_at {time} NOT NULL,
	last_at  {time} NOT NULL,
	PRIMARY KEY (subject, visitor)
);
CREATE INDEX downloads_by_time ON downloads (last_at);
