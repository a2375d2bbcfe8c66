-- People who sign in and programs that hold tokens. Names and addresses are sealed.

CREATE TABLE users (
	id            TEXT PRIMARY KEY,
	email_key     TEXT NOT NULL UNIQUE,
	sealed        {bytes} NOT NULL,
	password_hash TEXT NOT NULL,
	created_at    {time} NOT NULL
);

CREATE TABLE tokens (
	id         TEXT PRIMARY KEY,
	name       TEXT NOT NULL,
	hash       TEXT NOT NULL UNIQUE,
	created_at {time} NOT NULL
);

-- holder is the id of a user, or "token:" and the id of a token.
CREATE TABLE grants (
	holder TEXT NOT NULL,
	role   TEXT NOT NULL,
	board  TEXT NOT NULL,
	PRIMARY KEY (holder, role, board)
);

CREATE TABLE links (
	hash       TEXT PRIMARY KEY,
	user_id    TEXT NOT NULL REFERENCES users (id),
	expires_at {time} NOT NULL,
	used_at    {time}
);

CREATE TABLE sessions (
	hash       TEXT PRIMARY KEY,
	user_id    TEXT NOT NULL REFERENCES users (id),
	csrf       TEXT NOT NULL,
	created_at {time} NOT NULL,
	seen_at    {time} NOT NULL,
	expires_at {time} NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
