-- Notice: the rules that a board adapted, newer bank holidays, what was posted at the offices, why something
-- came out late, the numbers of supplements, and what became of what was scheduled.

ALTER TABLE boards ADD COLUMN notice_rules TEXT NOT NULL DEFAULT '';

ALTER TABLE publications ADD COLUMN late TEXT;
ALTER TABLE publications ADD COLUMN supplement BIGINT NOT NULL DEFAULT 0;
ALTER TABLE publications ADD COLUMN act BIGINT NOT NULL DEFAULT 0;

-- What came after the agenda is a supplement, also what came before this table knew of them.
UPDATE publications SET supplement = (
	SELECT COUNT(*) FROM publications AS o WHERE o.meeting = publications.meeting AND o.state = 'done' AND (o.items <> '[]' OR o.versions <> '[]')
		AND (o.published_at < publications.published_at OR o.published_at = publications.published_at AND o.id <= publications.id)
		AND o.published_at > (SELECT m.published_at FROM meetings AS m WHERE m.slug = o.meeting))
WHERE state = 'done' AND (items <> '[]' OR versions <> '[]')
	AND published_at > (SELECT m.published_at FROM meetings AS m WHERE m.slug = publications.meeting);

-- Files of bank holidays as uploaded, by the hash that computed deadlines name (N-32). The latest counts.
CREATE TABLE holidays (
	hash     TEXT PRIMARY KEY,
	file     {bytes} NOT NULL,
	added_at {time} NOT NULL
);

CREATE TABLE postings (
	id          TEXT PRIMARY KEY,
	meeting     TEXT NOT NULL REFERENCES meetings (slug),
	clock       TEXT NOT NULL,
	place       TEXT NOT NULL,
	posted_at   {time} NOT NULL,
	recorded_at {time} NOT NULL,
	recorded_by TEXT NOT NULL
);
CREATE INDEX postings_by_meeting ON postings (meeting, posted_at);

-- What became of scheduled publications, counted up, so that letters can follow; seen is when somebody
-- at the desk said that they know.
CREATE TABLE outcomes (
	id          {id},
	publication TEXT NOT NULL REFERENCES publications (id),
	board       TEXT NOT NULL,
	meeting     TEXT NOT NULL,
	kind        TEXT NOT NULL,
	says        TEXT NOT NULL,
	at          {time} NOT NULL,
	seen_at     {time},
	UNIQUE (publication, kind)
);
CREATE INDEX outcomes_unseen ON outcomes (board) WHERE seen_at IS NULL;
