-- The partnership: representatives of partners, alliances, news; what a board is; what somebody needs
-- who wants to come to a meeting; where a meeting stands.

ALTER TABLE partners ADD COLUMN representatives TEXT NOT NULL DEFAULT '[]';
-- One kind of trust became two. Names say which, as far as they do; the desk can change it.
UPDATE partners SET kind = CASE
	WHEN lower(name) LIKE '%mental%' OR lower(name) LIKE '%communit%' THEN 'community trust'
	WHEN lower(name) LIKE '%ambulance%' OR lower(name) LIKE '%primary care%' THEN 'other'
	ELSE 'hospital trust' END
WHERE kind = 'trust';
UPDATE partners SET kind = 'other' WHERE kind NOT IN ('hospital trust', 'community trust', 'council', 'gp group', 'voluntary sector');

CREATE TABLE alliances (
	slug      TEXT PRIMARY KEY,
	name      TEXT NOT NULL,
	about     TEXT NOT NULL,
	partners  TEXT NOT NULL,
	ended_on  TEXT NOT NULL,
	successor TEXT NOT NULL
);

CREATE TABLE news (
	slug          TEXT PRIMARY KEY,
	date          TEXT NOT NULL,
	title         TEXT NOT NULL,
	text          TEXT NOT NULL,
	published_at  {time} NOT NULL,
	changed_at    {time} NOT NULL,
	withdrawn_at  {time},
	withdrawn_why TEXT NOT NULL
);
CREATE INDEX news_by_time ON news (published_at, slug);

ALTER TABLE boards ADD COLUMN alliance TEXT NOT NULL DEFAULT '';
ALTER TABLE boards ADD COLUMN quorum TEXT NOT NULL DEFAULT '';
ALTER TABLE boards ADD COLUMN question_rules TEXT NOT NULL DEFAULT '{}';
ALTER TABLE boards ADD COLUMN ended_on TEXT NOT NULL DEFAULT '';
ALTER TABLE boards ADD COLUMN successor TEXT NOT NULL DEFAULT '';

ALTER TABLE meetings ADD COLUMN telephone TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN seats BIGINT NOT NULL DEFAULT 0;
ALTER TABLE meetings ADD COLUMN ask_until {time};
ALTER TABLE meetings ADD COLUMN ask_until_local TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN papers_from TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN moved_from TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';
ALTER TABLE meetings ADD COLUMN resumes_at {time};
