ALTER TABLE contact ADD COLUMN phone text;
ALTER TABLE contact ADD COLUMN digest text NOT NULL DEFAULT 'none' CHECK (digest IN ('none', 'hour', 'day'));

ALTER TABLE preference DROP CONSTRAINT preference_channel_check;
ALTER TABLE preference ADD CHECK (channel IN ('telegram', 'email', 'sms'));

-- gathered: it waits for due_at, and goes into a digest then; digested: it went there, and `reason` is the digest's key
ALTER TABLE message DROP CONSTRAINT message_channel_check, DROP CONSTRAINT message_status_check;
ALTER TABLE message ADD CHECK (channel IN ('telegram', 'email', 'sms', 'none'));
ALTER TABLE message ADD CHECK (status IN ('queued', 'sent', 'dead', 'dropped', 'gathered', 'digested'));
ALTER TABLE message ADD COLUMN due_at timestamptz CHECK (due_at IS NOT NULL OR status <> 'gathered');

CREATE INDEX message_gathered ON message (due_at) WHERE status = 'gathered';
