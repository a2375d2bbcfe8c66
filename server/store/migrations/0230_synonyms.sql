-- Other words for the same thing, which a search looks for too: a line for each, parted by commas.

ALTER TABLE site ADD COLUMN synonyms TEXT NOT NULL DEFAULT '';
