-- A search that somebody keeps is a subscription with a rhythm. A letter about it knows the subjects that
-- it is for; once it was on the line, told knows which passages were in it.

ALTER TABLE subscriptions ADD COLUMN rhythm TEXT NOT NULL DEFAULT '';

CREATE TABLE letter_subjects (
	letter  TEXT NOT NULL,
	subject TEXT NOT NULL,
	PRIMARY KEY (letter, subject)
);

-- passage is a hash of its words; subject names the version that it was read in.
CREATE TABLE told (
	letter       TEXT NOT NULL,
	subscription TEXT NOT NULL,
	passage      TEXT NOT NULL,
	subject      TEXT NOT NULL,
	UNIQUE (subscription, passage)
);
CREATE INDEX told_letter ON told (letter);
CREATE INDEX told_subject ON told (subject);

INSERT INTO counters (name, n) VALUES ('searches', 0);
