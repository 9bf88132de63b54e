-- +goose Up
CREATE TABLE pgsr.ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    acting_as text NOT NULL DEFAULT current_user,
    database text NOT NULL DEFAULT current_database(),
    pgsr_version text NOT NULL,
    plan_digest text NOT NULL CHECK (plan_digest <> ''),
    statements integer NOT NULL CHECK (statements >= 0),
    duration interval NOT NULL CHECK (duration >= interval '0'),
    result text NOT NULL CHECK (result <> ''),
    script text NOT NULL
);

COMMENT ON TABLE pgsr.ledger IS 'What pgsr applied to this database, one row for each plan, written in the transaction that it records';
COMMENT ON COLUMN pgsr.ledger.id IS 'Counts up; one that is missing belonged to a transaction that was rolled back';
COMMENT ON COLUMN pgsr.ledger.applied_at IS 'When the row was written, at the end of the transaction';
COMMENT ON COLUMN pgsr.ledger.applied_by IS 'The role that connected (session_user)';
COMMENT ON COLUMN pgsr.ledger.acting_as IS 'The role in whose name it ran (current_user)';
COMMENT ON COLUMN pgsr.ledger.database IS 'The database; says where a row comes from once it was dumped and restored elsewhere';
COMMENT ON COLUMN pgsr.ledger.pgsr_version IS 'The version of pgsr';
COMMENT ON COLUMN pgsr.ledger.plan_digest IS 'The digest of the plan, as its script shows it';
COMMENT ON COLUMN pgsr.ledger.statements IS 'How many statements ran';
COMMENT ON COLUMN pgsr.ledger.duration IS 'How long they took, from when the lock was there';
COMMENT ON COLUMN pgsr.ledger.result IS 'What came of it, in a few words';
COMMENT ON COLUMN pgsr.ledger.script IS 'What ran, as a script; verifiers of passwords are masked';

-- +goose Down
DROP TABLE pgsr.ledger;
