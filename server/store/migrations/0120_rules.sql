-- Rules for questions may be a meeting's own.
ALTER TABLE meetings ADD COLUMN question_rules TEXT;

-- Support becomes a choice of the board. Those that exist had it, and keep it; a new board chooses when it is made.
UPDATE boards SET question_rules = '{"support":true}' WHERE question_rules IN ('', '{}');
UPDATE boards SET question_rules = '{"support":true,' || substr(question_rules, 2)
	WHERE question_rules LIKE '{%' AND question_rules NOT LIKE '{"support":true%';
