-- Why something is private, as JSON (rules.md N-9), and when it was released.
ALTER TABLE items ADD COLUMN grounds TEXT NOT NULL DEFAULT '{}';
ALTER TABLE items ADD COLUMN released_at {time};
ALTER TABLE items ADD COLUMN released_why TEXT NOT NULL DEFAULT '';
ALTER TABLE papers ADD COLUMN exemption TEXT NOT NULL DEFAULT '';
ALTER TABLE papers ADD COLUMN grounds TEXT NOT NULL DEFAULT '{}';
ALTER TABLE papers ADD COLUMN released_at {time};
ALTER TABLE papers ADD COLUMN released_why TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN private BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE publications ADD COLUMN releases TEXT NOT NULL DEFAULT '[]';

-- Declared interests (M-8). Rows are never deleted while their item is there: they end.
CREATE TABLE conflicts (
	id           TEXT PRIMARY KEY,
	person       TEXT NOT NULL REFERENCES users (id),
	meeting      TEXT NOT NULL REFERENCES meetings (slug),
	item         TEXT NOT NULL,
	paper        TEXT NOT NULL,
	category     TEXT NOT NULL,
	nature       {bytes} NOT NULL,
	sensitive    BOOLEAN NOT NULL,
	action       TEXT NOT NULL,
	withholds    BOOLEAN NOT NULL,
	dispensation TEXT NOT NULL,
	declared_at  {time} NOT NULL,
	ended_at     {time}
);
CREATE INDEX conflicts_by_meeting ON conflicts (meeting, declared_at);
CREATE INDEX conflicts_by_person ON conflicts (person, item);
