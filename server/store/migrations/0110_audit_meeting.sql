-- The meeting that an audit row belongs to, so that all that was done for a meeting reads as one list.

ALTER TABLE audit ADD COLUMN meeting TEXT NOT NULL DEFAULT '';
UPDATE audit SET meeting = COALESCE((SELECT m.slug FROM meetings AS m WHERE audit.subject = 'meetings/' || m.slug OR substr(audit.subject, 1, length(m.slug) + 10) = 'meetings/' || m.slug || '/'), '')
	WHERE substr(subject, 1, 9) = 'meetings/';
UPDATE audit SET meeting = COALESCE((SELECT i.meeting FROM items AS i WHERE audit.subject = 'items/' || i.id), '') WHERE substr(subject, 1, 6) = 'items/';
UPDATE audit SET meeting = COALESCE((SELECT p.meeting FROM papers AS p WHERE audit.subject = 'papers/' || p.id OR substr(audit.subject, 1, length(p.id) + 8) = 'papers/' || p.id || '/'), '')
	WHERE substr(subject, 1, 7) = 'papers/';
UPDATE audit SET meeting = COALESCE((SELECT c.meeting FROM contributions AS c WHERE audit.subject = 'questions/' || c.number), '') WHERE substr(subject, 1, 10) = 'questions/';
CREATE INDEX audit_by_meeting ON audit (meeting, id);
