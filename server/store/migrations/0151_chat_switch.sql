-- How the chat of one meeting is kept, where it differs from the rules: '' is as they say.
ALTER TABLE rooms ADD COLUMN chat TEXT NOT NULL DEFAULT '';
