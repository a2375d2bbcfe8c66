-- Messages that are public at a moment of their own ("moderators first"), and those that may be of
-- somebody in danger: who says so, and when a moderator has seen to it.
ALTER TABLE chat ADD COLUMN public_at {time};
ALTER TABLE chat ADD COLUMN urgent_by TEXT NOT NULL DEFAULT '';
ALTER TABLE chat ADD COLUMN seen_at {time};
CREATE INDEX chat_due ON chat (public_at) WHERE public_at IS NOT NULL;

-- The lists of words of every board that has none of its own.
INSERT INTO board_words (board, names, look, urgent) VALUES ('', '', '', 'suicide
suicidal
kill myself
end my life
overdose
self-harm
self harm
hurting me
hits me
beats me
being abused
raped
not safe at home
in danger
at risk of harm
neglected');
