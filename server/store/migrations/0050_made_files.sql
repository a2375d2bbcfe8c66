-- Which pages are pictures of pages (JSON, from 1), how many of those had their words recognised, and the
-- version as a web page made from the original document (SHA-256, hex; '' where there is none).
ALTER TABLE versions ADD COLUMN scans TEXT NOT NULL DEFAULT '[]';
ALTER TABLE versions ADD COLUMN scans_read BIGINT NOT NULL DEFAULT 0;
ALTER TABLE versions ADD COLUMN html TEXT NOT NULL DEFAULT '';
