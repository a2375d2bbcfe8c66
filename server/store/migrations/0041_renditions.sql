-- Renditions and background documents are papers that belong to another paper.
ALTER TABLE papers ADD COLUMN rendition_of TEXT NOT NULL DEFAULT '';
ALTER TABLE papers ADD COLUMN rendition TEXT NOT NULL DEFAULT '';
ALTER TABLE papers ADD COLUMN language TEXT NOT NULL DEFAULT '';
CREATE INDEX papers_by_rendition ON papers (rendition_of);

-- What stands beside a paper without a file of ours: a video in British Sign Language, a background paper.
CREATE TABLE paper_links (
	id         TEXT PRIMARY KEY,
	paper      TEXT NOT NULL REFERENCES papers (id),
	kind       TEXT NOT NULL,
	language   TEXT NOT NULL,
	title      TEXT NOT NULL,
	url        TEXT NOT NULL,
	exempt     BOOLEAN NOT NULL,
	created_at {time} NOT NULL
);
CREATE INDEX paper_links_by_paper ON paper_links (paper, created_at);

-- The numbers behind formats and background papers, by board; '' is every board that has none of its own.
CREATE TABLE format_rules (
	board            TEXT PRIMARY KEY,
	answer_days      BIGINT NOT NULL,
	keep_days        BIGINT NOT NULL,
	background_years BIGINT NOT NULL
);
INSERT INTO format_rules (board, answer_days, keep_days, background_years) VALUES ('', 10, 30, 4);

-- Somebody needs a paper in another format. Who asks is sealed, and erased when it is not needed any more.
CREATE TABLE format_requests (
	id         TEXT PRIMARY KEY,
	paper      TEXT NOT NULL REFERENCES papers (id),
	board      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	state      TEXT NOT NULL,
	due_on     TEXT NOT NULL,
	reason     TEXT NOT NULL,
	asker      {bytes},
	created_at {time} NOT NULL,
	changed_at {time} NOT NULL
);
CREATE INDEX format_requests_by_board ON format_requests (board, created_at);
