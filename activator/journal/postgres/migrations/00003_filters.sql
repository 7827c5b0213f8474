-- Indexes for what people look for. They are small: of kinds and verdicts only the rare ones are in them.

-- +goose Up

DROP INDEX journal_intent;
CREATE UNIQUE INDEX journal_intent ON journal (intent) WHERE intent IS NOT NULL AND batch IS NULL;

CREATE INDEX journal_kind ON journal (kind, id) WHERE kind NOT IN ('request', 'license');
CREATE INDEX journal_verdict ON journal (verdict, id) WHERE verdict <> 'ok';
CREATE INDEX journal_operator ON journal (operator, id);
CREATE INDEX journal_product ON journal (product, id) WHERE product IS NOT NULL;
