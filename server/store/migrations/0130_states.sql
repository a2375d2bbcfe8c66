-- The whole way of a contribution: steps beside its state. What is private of it is sealed in
-- contribution_people, and so are words, name and place until they are shown.

ALTER TABLE contributions ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN wording TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN urgent BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contributions ADD COLUMN proposed_at {time};
ALTER TABLE contributions ADD COLUMN replied_at {time};
ALTER TABLE contributions ADD COLUMN transfer_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN transfer_due TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN allocated_to TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN allocated_at {time};
ALTER TABLE contributions ADD COLUMN draft_step TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN answer_due TEXT NOT NULL DEFAULT '';
ALTER TABLE contributions ADD COLUMN put_at {time};
ALTER TABLE contributions ADD COLUMN put_item TEXT NOT NULL DEFAULT '';
CREATE INDEX contributions_due ON contributions (answer_due) WHERE answer_due <> '';

-- What the desk and the asker did and said about a contribution, in order: the asker's own file.
CREATE TABLE contribution_messages (
	number TEXT NOT NULL REFERENCES contributions (number),
	n      BIGINT NOT NULL,
	at     {time} NOT NULL,
	sealed {bytes} NOT NULL,
	PRIMARY KEY (number, n)
);
