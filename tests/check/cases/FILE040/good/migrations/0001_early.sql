ALTER TABLE orders ADD COLUMN early bigint NOT NULL;
