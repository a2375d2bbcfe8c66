-- The tree of the publication log: the hashes that RFC 6962 needs kept, by their position, and the
-- newest signed checkpoint. The entries are the acts themselves.
CREATE TABLE log_hashes (
	position BIGINT PRIMARY KEY,
	hash     {bytes} NOT NULL
);
CREATE TABLE log_checkpoint (
	one    BIGINT PRIMARY KEY CHECK (one = 1),
	signed {bytes} NOT NULL
);
CREATE INDEX versions_by_file ON versions (file);
CREATE INDEX acts_by_board ON acts (board, number);
