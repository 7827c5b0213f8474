-- +goose Up

-- The journal's schema. Entry ids are log<<40 | index, so append order is key order. Everything but logs,
-- journal and personal follows from the leaves. What must happen once is a key here, for any number of programs.

CREATE TABLE logs (
	id         INTEGER PRIMARY KEY CHECK (id >= 0 AND id < 8388608),
	origin     TEXT    NOT NULL UNIQUE,
	own        INTEGER NOT NULL CHECK (own IN (0, 1)), -- 1: this store appends to it
	size       INTEGER NOT NULL CHECK (size >= 0),
	frontier   BLOB    NOT NULL,
	checkpoint BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX logs_own ON logs (own) WHERE own = 1;

CREATE TABLE journal (
	id          INTEGER PRIMARY KEY CHECK (id >= 0),
	at          INTEGER NOT NULL, -- microseconds since 1970
	kind        TEXT    NOT NULL,
	verdict     TEXT    NOT NULL,
	operator    TEXT    NOT NULL,
	state       TEXT    NOT NULL,
	product     BLOB    CHECK (length(product) = 16),
	license     INTEGER CHECK (license BETWEEN 1 AND 4294967295),
	fingerprint INTEGER CHECK (fingerprint BETWEEN 0 AND 67108863),
	intent      BLOB    CHECK (length(intent) = 16),
	batch       TEXT    CHECK (batch <> ''),
	line        INTEGER CHECK (line >= 0),
	leaf        BLOB    NOT NULL
) STRICT;
CREATE INDEX journal_license ON journal (license) WHERE license IS NOT NULL;
CREATE INDEX journal_fingerprint ON journal (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE UNIQUE INDEX journal_intent ON journal (intent) WHERE intent IS NOT NULL;
CREATE UNIQUE INDEX journal_line ON journal (batch, line) WHERE batch IS NOT NULL;
CREATE INDEX journal_not_genuine ON journal (license, at) WHERE state = 'not genuine';

CREATE TABLE subtrees (
	log  INTEGER NOT NULL CHECK (log >= 0),
	n    INTEGER NOT NULL CHECK (n >= 0), -- over the leaves n*256 to n*256+255
	hash BLOB    NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (log, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE personal (
	entry INTEGER NOT NULL CHECK (entry >= 0),
	field TEXT    NOT NULL,
	salt  BLOB    NOT NULL CHECK (length(salt) = 16),
	value TEXT    NOT NULL,
	PRIMARY KEY (entry, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE licenses (
	number     INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
	product    BLOB    NOT NULL CHECK (length(product) = 16),
	seats      INTEGER NOT NULL CHECK (seats BETWEEN 0 AND 1073741824),
	state      TEXT    NOT NULL CHECK (state IN ('live', 'revoked', 'refunded')),
	order_key  TEXT    CHECK (order_key <> ''),
	grants     TEXT    NOT NULL,
	release    INTEGER NOT NULL CHECK (release BETWEEN 0 AND 65535),
	customer   INTEGER NOT NULL CHECK (customer >= 0), -- newest entry with the customer's name, 0 for none
	registered INTEGER NOT NULL, -- microseconds since 1970
	entry      INTEGER NOT NULL CHECK (entry >= 0),
	UNIQUE (number, seats),
	UNIQUE (product, order_key)
) STRICT;

CREATE TABLE claims (
	license INTEGER NOT NULL CHECK (license BETWEEN 1 AND 4294967295),
	scope   INTEGER NOT NULL CHECK (scope BETWEEN 1 AND 255),
	key     BLOB    NOT NULL,
	value   BLOB    NOT NULL,
	entry   INTEGER NOT NULL CHECK (entry >= 0),
	PRIMARY KEY (license, scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE seats (
	license     INTEGER NOT NULL CHECK (license BETWEEN 1 AND 4294967295),
	fingerprint INTEGER NOT NULL CHECK (fingerprint BETWEEN 0 AND 67108863),
	slot        INTEGER NOT NULL,
	seat_limit  INTEGER NOT NULL,
	excess      TEXT    CHECK (excess <> ''),
	entry       INTEGER NOT NULL CHECK (entry >= 0),
	PRIMARY KEY (license, fingerprint),
	UNIQUE (license, slot),
	CHECK (slot >= 1 AND (slot <= seat_limit OR excess IS NOT NULL)),
	FOREIGN KEY (license, seat_limit) REFERENCES licenses (number, seats) ON UPDATE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE pool (
	number  INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
	product BLOB    NOT NULL CHECK (length(product) = 16),
	entry   INTEGER NOT NULL CHECK (entry >= 0),
	place   INTEGER NOT NULL CHECK (place >= 0)
) STRICT;
CREATE INDEX pool_order ON pool (product, entry, place);

CREATE TABLE words (
	word    TEXT    NOT NULL,
	license INTEGER NOT NULL CHECK (license BETWEEN 1 AND 4294967295),
	PRIMARY KEY (word, license)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER journal_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER subtrees_update BEFORE UPDATE ON subtrees BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER subtrees_delete BEFORE DELETE ON subtrees BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claims_update BEFORE UPDATE ON claims BEGIN SELECT RAISE(ABORT, 'claims are for ever'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER claims_delete BEFORE DELETE ON claims BEGIN SELECT RAISE(ABORT, 'claims are for ever'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER personal_update BEFORE UPDATE ON personal BEGIN SELECT RAISE(ABORT, 'personal texts are erased, not changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER licenses_delete BEFORE DELETE ON licenses BEGIN SELECT RAISE(ABORT, 'licenses are revoked, not deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER logs_delete BEFORE DELETE ON logs BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd

PRAGMA application_id = 1296124465; -- "MAJ1"
