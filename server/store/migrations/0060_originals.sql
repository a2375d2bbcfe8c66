-- The uploaded bytes stay private beside the public file that is made from them: file, size, pages,
-- width and height are of the public file, and empty until it is made.

ALTER TABLE versions ADD COLUMN original TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN original_size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE versions ADD COLUMN original_kind TEXT NOT NULL DEFAULT '';
UPDATE versions SET original = file, original_size = size, original_kind = 'pdf';
CREATE INDEX versions_by_original ON versions (original);
