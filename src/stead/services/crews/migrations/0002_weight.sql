-- NULL: nobody said what the person weighs. It was 0 before, and a boat was full of people who weighed nothing.
ALTER TABLE assignment DROP CONSTRAINT assignment_weight_check;
ALTER TABLE assignment ALTER COLUMN weight DROP NOT NULL, ALTER COLUMN weight DROP DEFAULT;
UPDATE assignment SET weight = NULL WHERE weight = 0;
ALTER TABLE assignment ADD CHECK (weight > 0);
