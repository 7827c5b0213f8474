-- +goose Up

-- The journal's schema. Entry ids are log<<40 | index, so append order is key order. Everything but logs, journal and
-- personal follows from the leaves. What must happen once is a key here, for any number of programs.

CREATE TABLE logs (
	id         BIGINT  PRIMARY KEY CHECK (id >= 0 AND id < 8388608),
	origin     TEXT    COLLATE "C" NOT NULL UNIQUE,
	own        BIGINT  NOT NULL CHECK (own IN (0, 1)), -- 1: this store appends to it
	size       BIGINT  NOT NULL CHECK (size >= 0),
	frontier   BYTEA   NOT NULL,
	checkpoint BYTEA   NOT NULL
);
CREATE UNIQUE INDEX logs_own ON logs (own) WHERE own = 1;

CREATE TABLE journal (
	id          BIGINT PRIMARY KEY CHECK (id >= 0),
	at          BIGINT NOT NULL, -- microseconds since 1970
	kind        TEXT   COLLATE "C" NOT NULL,
	verdict     TEXT   COLLATE "C" NOT NULL,
	operator    TEXT   COLLATE "C" NOT NULL,
	state       TEXT   COLLATE "C" NOT NULL,
	product     BYTEA  CHECK (length(product) = 16),
	license     BIGINT CHECK (license BETWEEN 1 AND 4294967295),
	fingerprint BIGINT CHECK (fingerprint BETWEEN 0 AND 67108863),
	intent      BYTEA  CHECK (length(intent) = 16),
	batch       TEXT   COLLATE "C" CHECK (batch <> ''),
	line        BIGINT CHECK (line >= 0),
	leaf        BYTEA  NOT NULL
);
CREATE INDEX journal_license ON journal (license, id) WHERE license IS NOT NULL;
CREATE INDEX journal_fingerprint ON journal (fingerprint, id) WHERE fingerprint IS NOT NULL;
CREATE UNIQUE INDEX journal_intent ON journal (intent) WHERE intent IS NOT NULL;
CREATE UNIQUE INDEX journal_line ON journal (batch, line) WHERE batch IS NOT NULL;
CREATE INDEX journal_not_genuine ON journal (license, at) WHERE state = 'not genuine';

CREATE TABLE subtrees (
	log  BIGINT NOT NULL CHECK (log >= 0),
	n    BIGINT NOT NULL CHECK (n >= 0), -- over the leaves n*256 to n*256+255
	hash BYTEA  NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (log, n)
);

CREATE TABLE personal (
	entry BIGINT NOT NULL CHECK (entry >= 0),
	field TEXT   COLLATE "C" NOT NULL,
	salt  BYTEA  NOT NULL CHECK (length(salt) = 16),
	value TEXT   COLLATE "C" NOT NULL,
	PRIMARY KEY (entry, field)
);

CREATE TABLE licenses (
	number     BIGINT PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
	product    BYTEA  NOT NULL CHECK (length(product) = 16),
	seats      BIGINT NOT NULL CHECK (seats BETWEEN 0 AND 1073741824),
	state      TEXT   COLLATE "C" NOT NULL CHECK (state IN ('live', 'revoked', 'refunded')),
	order_key  TEXT   COLLATE "C" CHECK (order_key <> ''),
	grants     TEXT   COLLATE "C" NOT NULL,
	release    BIGINT NOT NULL CHECK (release BETWEEN 0 AND 65535),
	customer   BIGINT NOT NULL CHECK (customer >= 0), -- newest entry with the customer's name, 0 for none
	registered BIGINT NOT NULL, -- microseconds since 1970
	entry      BIGINT NOT NULL CHECK (entry >= 0),
	UNIQUE (number, seats),
	UNIQUE (product, order_key)
);

CREATE TABLE claims (
	license BIGINT NOT NULL CHECK (license BETWEEN 1 AND 4294967295),
	scope   BIGINT NOT NULL CHECK (scope BETWEEN 1 AND 255),
	key     BYTEA  NOT NULL,
	value   BYTEA  NOT NULL,
	entry   BIGINT NOT NULL CHECK (entry >= 0),
	PRIMARY KEY (license, scope, key)
);

CREATE TABLE seats (
	license     BIGINT NOT NULL CHECK (license BETWEEN 1 AND 4294967295),
	fingerprint BIGINT NOT NULL CHECK (fingerprint BETWEEN 0 AND 67108863),
	slot        BIGINT NOT NULL,
	seat_limit  BIGINT NOT NULL,
	excess      TEXT   COLLATE "C" CHECK (excess <> ''),
	entry       BIGINT NOT NULL CHECK (entry >= 0),
	PRIMARY KEY (license, fingerprint),
	UNIQUE (license, slot),
	CHECK (slot >= 1 AND (slot <= seat_limit OR excess IS NOT NULL)),
	FOREIGN KEY (license, seat_limit) REFERENCES licenses (number, seats) ON UPDATE CASCADE
);

CREATE TABLE pool (
	number  BIGINT PRIMARY KEY CHECK (number BETWEEN 1 AND 4294967295),
	product BYTEA  NOT NULL CHECK (length(product) = 16),
	entry   BIGINT NOT NULL CHECK (entry >= 0),
	place   BIGINT NOT NULL CHECK (place >= 0)
);
CREATE INDEX pool_order ON pool (product, entry, place);

CREATE TABLE words (
	word    TEXT   COLLATE "C" NOT NULL,
	license BIGINT NOT NULL CHECK (license BETWEEN 1 AND 4294967295),
	PRIMARY KEY (word, license)
);

-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '%', TG_ARGV[0];
END
$$;
-- +goose StatementEnd

CREATE TRIGGER journal_update BEFORE UPDATE OR DELETE OR TRUNCATE ON journal EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER subtrees_update BEFORE UPDATE OR DELETE OR TRUNCATE ON subtrees EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER claims_update BEFORE UPDATE OR DELETE OR TRUNCATE ON claims EXECUTE FUNCTION refuse('claims are for ever');
CREATE TRIGGER personal_update BEFORE UPDATE OR TRUNCATE ON personal EXECUTE FUNCTION refuse('personal texts are erased, not changed');
CREATE TRIGGER licenses_delete BEFORE DELETE OR TRUNCATE ON licenses EXECUTE FUNCTION refuse('licenses are revoked, not deleted');
CREATE TRIGGER logs_delete BEFORE DELETE OR TRUNCATE ON logs EXECUTE FUNCTION refuse('the journal is append-only');
