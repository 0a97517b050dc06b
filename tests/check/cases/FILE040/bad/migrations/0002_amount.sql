ALTER TABLE orders
    ADD COLUMN note text,
    ADD COLUMN amount numeric(12, 2) NOT NULL;  -- #! FILE040
