-- Whether the link of the upload has ended, and what it had put into quarantine is deleted, or about to be.
ALTER TABLE media ADD COLUMN link_ended boolean NOT NULL DEFAULT false;

CREATE INDEX media_link ON media (created_at) WHERE NOT link_ended;
