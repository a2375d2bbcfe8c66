-- The page numbers of packs. What has its numbers keeps them: what comes later is added behind, and a
-- version that is superseded or withdrawn leaves its numbers to a page that says so. series is empty for
-- the public pack and R for the private one; a row without a paper is the divider of its item.
CREATE TABLE pack_pages (
	meeting TEXT NOT NULL REFERENCES meetings (slug),
	series  TEXT NOT NULL,
	first   BIGINT NOT NULL,
	count   BIGINT NOT NULL,
	item    TEXT NOT NULL,
	paper   TEXT NOT NULL,
	n       BIGINT NOT NULL,
	at      {time} NOT NULL,
	supplement BIGINT NOT NULL,
	PRIMARY KEY (meeting, series, first)
);
CREATE UNIQUE INDEX pack_pages_once ON pack_pages (series, paper, n) WHERE paper <> '';
