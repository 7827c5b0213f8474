-- Indexes for batches and for what people look for. They are small: of kinds and verdicts only the rare ones are in them.

-- +goose Up

-- The rows of a batch are told apart by their lines; their intents are hashes, which would spread over the whole index.
DROP INDEX journal_intent;
CREATE UNIQUE INDEX journal_intent ON journal (intent) WHERE intent IS NOT NULL AND batch IS NULL;

CREATE INDEX journal_kind ON journal (kind) WHERE kind NOT IN ('request', 'license');
CREATE INDEX journal_verdict ON journal (verdict) WHERE verdict <> 'ok';
CREATE INDEX journal_operator ON journal (operator);
CREATE INDEX journal_product ON journal (product) WHERE product IS NOT NULL;
