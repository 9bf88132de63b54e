-- The schema of everything that pgsr keeps in a database. No migration: goose's own table lives in it, too, and is made before
-- migration 1. So the executor makes it first, and goose passes over a file of version 0. Here so that sqlc reads it before the others.
CREATE SCHEMA pgsr;
