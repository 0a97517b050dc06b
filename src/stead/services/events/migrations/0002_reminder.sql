-- When the users of confirmed bookings were reminded of the event; an event is reminded of once.
ALTER TABLE event ADD COLUMN reminded_at timestamptz;

CREATE INDEX event_reminder ON event (starts_at) WHERE status = 'published' AND reminded_at IS NULL;
