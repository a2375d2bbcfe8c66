-- The record: site, boards, meetings, agendas, papers, publications, acts and the audit.
-- {time}, {bytes} and {id} stand for the types that differ between the two databases.

CREATE TABLE counters (
	name TEXT PRIMARY KEY,
	n    BIGINT NOT NULL
);
INSERT INTO counters (name, n) VALUES ('acts', 0);

CREATE TABLE site (
	id      BIGINT PRIMARY KEY CHECK (id = 1),
	name    TEXT NOT NULL,
	about   TEXT NOT NULL,
	area    TEXT NOT NULL,
	zone    TEXT NOT NULL,
	contact TEXT NOT NULL,
	phone   TEXT NOT NULL,
	address TEXT NOT NULL,
	demo    BOOLEAN NOT NULL
);

CREATE TABLE partners (
	slug      TEXT PRIMARY KEY,
	name      TEXT NOT NULL,
	kind      TEXT NOT NULL,
	url       TEXT NOT NULL,
	about     TEXT NOT NULL,
	ended_on  TEXT NOT NULL,
	successor TEXT NOT NULL
);

CREATE TABLE boards (
	slug           TEXT PRIMARY KEY,
	name           TEXT NOT NULL,
	about          TEXT NOT NULL,
	terms          TEXT NOT NULL,
	venue          TEXT NOT NULL,
	notice_profile TEXT NOT NULL,
	members        TEXT NOT NULL,
	created_at     {time} NOT NULL
);

CREATE TABLE meetings (
	slug         TEXT PRIMARY KEY,
	board        TEXT NOT NULL REFERENCES boards (slug),
	title        TEXT NOT NULL,
	starts_at    {time} NOT NULL,
	ends_at      {time} NOT NULL,
	local_time   TEXT NOT NULL,
	zone         TEXT NOT NULL,
	venue        TEXT NOT NULL,
	access       TEXT NOT NULL,
	mode         TEXT NOT NULL,
	state        TEXT NOT NULL,
	watch        TEXT NOT NULL,
	announced_at {time},
	published_at {time},
	created_at   {time} NOT NULL
);
CREATE INDEX meetings_by_time ON meetings (starts_at, slug);
CREATE INDEX meetings_by_board ON meetings (board, starts_at);

CREATE TABLE items (
	id           TEXT PRIMARY KEY,
	meeting      TEXT NOT NULL REFERENCES meetings (slug),
	position     BIGINT NOT NULL,
	number       TEXT NOT NULL,
	title        TEXT NOT NULL,
	purpose      TEXT NOT NULL,
	lead         TEXT NOT NULL,
	minutes      BIGINT NOT NULL,
	private      BOOLEAN NOT NULL,
	public_title TEXT NOT NULL,
	exemption    TEXT NOT NULL,
	revision     BIGINT NOT NULL,
	published_at {time}
);
CREATE INDEX items_by_meeting ON items (meeting, position);

CREATE TABLE papers (
	id         TEXT PRIMARY KEY,
	item       TEXT NOT NULL REFERENCES items (id),
	meeting    TEXT NOT NULL REFERENCES meetings (slug),
	board      TEXT NOT NULL REFERENCES boards (slug),
	title      TEXT NOT NULL,
	private    BOOLEAN NOT NULL,
	position   BIGINT NOT NULL,
	created_at {time} NOT NULL
);
CREATE INDEX papers_by_item ON papers (item, position);
CREATE INDEX papers_by_meeting ON papers (meeting);
CREATE INDEX papers_by_board ON papers (board);

CREATE TABLE versions (
	paper         TEXT NOT NULL REFERENCES papers (id),
	n             BIGINT NOT NULL,
	state         TEXT NOT NULL,
	file          TEXT NOT NULL,
	file_name     TEXT NOT NULL,
	size          BIGINT NOT NULL,
	pages         BIGINT NOT NULL,
	pages_read    BIGINT NOT NULL,
	width         DOUBLE PRECISION NOT NULL,
	height        DOUBLE PRECISION NOT NULL,
	reason        TEXT NOT NULL,
	findings      TEXT NOT NULL,
	created_at    {time} NOT NULL,
	scheduled_at  {time},
	published_at  {time},
	act           BIGINT NOT NULL,
	withdrawn_at  {time},
	withdrawn_by  TEXT NOT NULL,
	withdrawn_why TEXT NOT NULL,
	PRIMARY KEY (paper, n)
);
CREATE INDEX versions_by_publication ON versions (published_at);
-- At any moment a paper has at most one published version: publishing it supersedes the one before.
CREATE UNIQUE INDEX versions_published_once ON versions (paper) WHERE state = 'published';

CREATE TABLE page_texts (
	paper TEXT NOT NULL,
	n     BIGINT NOT NULL,
	page  BIGINT NOT NULL,
	text  TEXT NOT NULL,
	PRIMARY KEY (paper, n, page),
	FOREIGN KEY (paper, n) REFERENCES versions (paper, n) ON DELETE CASCADE
);

CREATE TABLE publications (
	id           TEXT PRIMARY KEY,
	meeting      TEXT NOT NULL REFERENCES meetings (slug),
	state        TEXT NOT NULL,
	scheduled_at {time} NOT NULL,
	announces    BOOLEAN NOT NULL,
	agenda       BOOLEAN NOT NULL,
	items        TEXT NOT NULL,
	versions     TEXT NOT NULL,
	left_out     TEXT NOT NULL,
	created_at   {time} NOT NULL,
	published_at {time},
	failure      TEXT NOT NULL
);
CREATE INDEX publications_by_meeting ON publications (meeting);
CREATE INDEX publications_due ON publications (scheduled_at) WHERE state = 'scheduled';

CREATE TABLE acts (
	number      BIGINT PRIMARY KEY,
	at          {time} NOT NULL,
	kind        TEXT NOT NULL,
	subject     TEXT NOT NULL,
	board       TEXT NOT NULL,
	meeting     TEXT NOT NULL,
	facts       TEXT NOT NULL,
	commitments TEXT NOT NULL
);

-- Deleting a salt makes its commitment unlinkable to the words.
CREATE TABLE act_salts (
	act  BIGINT NOT NULL REFERENCES acts (number),
	name TEXT NOT NULL,
	salt {bytes} NOT NULL,
	PRIMARY KEY (act, name)
);

CREATE TABLE audit (
	id      {id},
	at      {time} NOT NULL,
	who_id  TEXT NOT NULL,
	who     {bytes} NOT NULL,
	role    TEXT NOT NULL,
	what    TEXT NOT NULL,
	subject TEXT NOT NULL,
	"before" TEXT NOT NULL,
	"after"  TEXT NOT NULL
);
CREATE INDEX audit_by_subject ON audit (subject);

-- Work that is leased by whoever does it, and kept until it is finished.
CREATE TABLE works (
	id           TEXT PRIMARY KEY,
	kind         TEXT NOT NULL,
	subject      TEXT NOT NULL,
	board        TEXT NOT NULL,
	tries        BIGINT NOT NULL,
	error        TEXT NOT NULL,
	due_at       {time} NOT NULL,
	leased_until {time},
	created_at   {time} NOT NULL
);
CREATE INDEX works_due ON works (kind, due_at);
