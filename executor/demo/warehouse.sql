-- A small warehouse, as the role deployer makes it.
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id int PRIMARY KEY, total numeric NOT NULL);
CREATE TABLE sales."Order Lines" (order_id int NOT NULL, article text NOT NULL);
CREATE TABLE sales.fact_2025 (day date NOT NULL, revenue numeric NOT NULL);
CREATE TABLE sales.fact_2026 (day date NOT NULL, revenue numeric NOT NULL);
CREATE VIEW sales.revenue AS SELECT * FROM sales.fact_2025 UNION ALL SELECT * FROM sales.fact_2026;
CREATE SEQUENCE sales.invoice_numbers;
INSERT INTO sales.orders VALUES (1, 10), (2, 20);
INSERT INTO sales.fact_2026 VALUES ('2026-01-31', 30);

CREATE SCHEMA reference;
CREATE TABLE reference.countries (code text PRIMARY KEY);
CREATE TABLE reference.currencies (code text PRIMARY KEY);

CREATE SCHEMA hr;
CREATE TABLE hr.salaries (person text PRIMARY KEY, salary numeric NOT NULL);
INSERT INTO hr.salaries VALUES ('alice', 1);

-- Not in the spec, so never touched: may read salaries, and let others read them.
CREATE ROLE hr_lead LOGIN;
GRANT CONNECT ON DATABASE warehouse TO hr_lead;
GRANT USAGE ON SCHEMA hr TO hr_lead;
GRANT SELECT ON hr.salaries TO hr_lead WITH GRANT OPTION;
