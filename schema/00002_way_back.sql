-- +goose Up
ALTER TABLE pgsr.ledger
    ADD COLUMN rollback text NOT NULL DEFAULT '',
    ADD COLUMN effect text NOT NULL DEFAULT '';

COMMENT ON COLUMN pgsr.ledger.rollback IS 'The script back to the state before; verifiers of passwords are masked';
COMMENT ON COLUMN pgsr.ledger.effect IS 'What it meant for people: who gained and who lost what, by which path';

-- +goose Down
ALTER TABLE pgsr.ledger
    DROP COLUMN rollback,
    DROP COLUMN effect;
