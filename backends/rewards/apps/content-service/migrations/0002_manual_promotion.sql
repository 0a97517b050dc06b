ALTER TABLE event
    DROP CONSTRAINT event_promotion_check,
    ADD CONSTRAINT event_promotion_check CHECK (promotion IN ('automatic', 'offer', 'manual'));
