ALTER TABLE orders DROP COLUMN amount, ADD COLUMN late bigint NOT NULL;
