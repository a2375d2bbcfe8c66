-- Who wants to hear by e-mail, and the letters to them. Addresses are sealed.

CREATE TABLE subscriptions (
	id           TEXT PRIMARY KEY,
	email_key    TEXT NOT NULL,
	sealed       {bytes} NOT NULL,
	scope        TEXT NOT NULL,
	subject      TEXT NOT NULL,
	created_at   {time} NOT NULL,
	confirmed_at {time},
	UNIQUE (email_key, scope, subject)
);

-- about names what a letter is about: with kind and recipient it is there once.
CREATE TABLE letters (
	id           TEXT PRIMARY KEY,
	kind         TEXT NOT NULL,
	subscription TEXT NOT NULL,
	user_id      TEXT NOT NULL,
	about        TEXT NOT NULL,
	board        TEXT NOT NULL,
	meeting      TEXT NOT NULL,
	first_act    BIGINT NOT NULL,
	last_act     BIGINT NOT NULL,
	outcome      BIGINT NOT NULL,
	state        TEXT NOT NULL,
	says         TEXT NOT NULL,
	tries        BIGINT NOT NULL,
	due_at       {time} NOT NULL,
	leased_until {time},
	created_at   {time} NOT NULL,
	sent_at      {time},
	UNIQUE (kind, subscription, user_id, about)
);
CREATE INDEX letters_due ON letters (due_at) WHERE state = 'queued';
CREATE INDEX letters_by_act ON letters (first_act, last_act);

INSERT INTO counters (name, n) VALUES ('alerts', 0);
