-- Papers that are asked of authors. Who they are, and what was said to them, is sealed; of the link only the hash is kept.

CREATE TABLE commissions (
	item       TEXT PRIMARY KEY REFERENCES items (id),
	meeting    TEXT NOT NULL REFERENCES meetings (slug),
	state      TEXT NOT NULL,
	due_at     {time} NOT NULL,
	link_hash  TEXT NOT NULL,
	link_until {time},
	user_id    TEXT NOT NULL,
	changed_at {time} NOT NULL,
	sealed     {bytes} NOT NULL
);
CREATE INDEX commissions_by_meeting ON commissions (meeting);
CREATE INDEX commissions_by_link ON commissions (link_hash);

-- The papers that came by an author's link: of these the author may see what became.
CREATE TABLE commission_papers (
	paper TEXT PRIMARY KEY,
	item  TEXT NOT NULL
);
CREATE INDEX commission_papers_by_item ON commission_papers (item);
