-- +goose Up

-- Which entries of other desks' logs were brought in, and by which entry of the own log.
CREATE TABLE merges (
	log   INTEGER NOT NULL CHECK (log >= 0),
	first INTEGER NOT NULL CHECK (first >= 0),
	size  INTEGER NOT NULL CHECK (size > first),
	entry INTEGER NOT NULL CHECK (entry >= 0),
	PRIMARY KEY (log, first)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER merges_update BEFORE UPDATE ON merges BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER merges_delete BEFORE DELETE ON merges BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd

-- Two desks may have done the same batch; in one log a line is done once.
DROP INDEX journal_line;
CREATE UNIQUE INDEX journal_line ON journal (batch, line, id >> 40) WHERE batch IS NOT NULL;
