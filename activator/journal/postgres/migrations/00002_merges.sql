-- +goose Up

-- Which entries of other desks' logs were brought in, and by which entry of the own log.
CREATE TABLE merges (
	log   BIGINT NOT NULL CHECK (log >= 0),
	first BIGINT NOT NULL CHECK (first >= 0),
	size  BIGINT NOT NULL CHECK (size > first),
	entry BIGINT NOT NULL CHECK (entry >= 0),
	PRIMARY KEY (log, first)
);
CREATE TRIGGER merges_update BEFORE UPDATE OR DELETE OR TRUNCATE ON merges EXECUTE FUNCTION refuse('the journal is append-only');

-- Two desks may have done the same batch; in one log a line is done once.
DROP INDEX journal_line;
CREATE UNIQUE INDEX journal_line ON journal (batch, line, (id >> 40)) WHERE batch IS NOT NULL;
