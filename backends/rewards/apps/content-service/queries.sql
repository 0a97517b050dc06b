-- name: articles
SELECT slug, title, published_at FROM article
WHERE published AND (published_at < %(at)s OR published_at = %(at)s AND slug > %(slug)s)
ORDER BY published_at DESC, slug LIMIT %(limit)s;

-- name: article
SELECT slug, title, body, published, published_at, updated_at, revision FROM article
WHERE slug = %(slug)s AND published;

-- name: revision
SELECT revision FROM article WHERE slug = %(slug)s FOR UPDATE;

-- name: put_article
-- The first publication's time stays, also while the article is taken back for a while.
INSERT INTO article (slug, title, body, published, published_at, updated_at, updated_by)
VALUES (%(slug)s, %(title)s, %(body)s, %(published)s,
        CASE WHEN %(published)s THEN clock_timestamp() END, clock_timestamp(), %(user)s)
ON CONFLICT (slug) DO UPDATE SET
    title = excluded.title, body = excluded.body, published = excluded.published,
    published_at = coalesce(article.published_at, excluded.published_at),
    updated_at = excluded.updated_at, updated_by = excluded.updated_by, revision = article.revision + 1
RETURNING slug, title, body, published, published_at, updated_at, revision;

-- name: add_event
INSERT INTO event (title, description, starts_at, capacity, promotion, created_by)
VALUES (%(title)s, %(description)s, %(starts_at)s, %(capacity)s, %(promotion)s, %(user)s)
RETURNING *;

-- name: event
SELECT * FROM event WHERE id = %(event)s;

-- name: events_to_come
SELECT * FROM event
WHERE starts_at >= %(seen)s AND (starts_at, id) > (%(starts_at)s, %(id)s)
ORDER BY starts_at, id LIMIT %(limit)s;

-- name: events_past
SELECT * FROM event
WHERE starts_at < %(seen)s AND (starts_at, id) < (%(starts_at)s, %(id)s)
ORDER BY starts_at DESC, id DESC LIMIT %(limit)s;

-- name: lock_event
SELECT * FROM event WHERE id = %(event)s FOR NO KEY UPDATE;

-- name: clock
-- Asked after the lock, in a statement of its own: a time from before the wait could revive an offer that has ended.
SELECT clock_timestamp() AS now;

-- name: change_event
UPDATE event SET title = %(title)s, description = %(description)s, starts_at = %(starts_at)s,
    promotion = %(promotion)s
WHERE id = %(event)s;

-- name: save_seats
-- The capacity goes with the counts: a smaller one may fit only because offers have lapsed just now.
UPDATE event SET capacity = %(capacity)s, registered = %(registered)s, offered = %(offered)s, waiting = %(waiting)s,
    arrivals = %(arrivals)s
WHERE id = %(event)s;

-- name: mine
SELECT * FROM registration
WHERE event_id = %(event)s AND user_id = %(user)s AND status IN ('registered', 'offered', 'waitlisted');

-- name: position
SELECT count(*) AS position FROM registration
WHERE event_id = %(event)s AND status = 'waitlisted' AND place <= %(place)s;

-- name: arrive
INSERT INTO registration (event_id, user_id, place, status, created_at, points)
VALUES (%(event)s, %(user)s, %(place)s, %(status)s, %(now)s, %(points)s)
RETURNING *;

-- name: first_in_line
SELECT * FROM registration WHERE event_id = %(event)s AND status = 'waitlisted' ORDER BY place LIMIT 1;

-- name: attendees
SELECT user_id, status, created_at, points, place FROM registration
WHERE event_id = %(event)s AND place > %(after)s AND status IN ('registered', 'offered', 'waitlisted')
ORDER BY place LIMIT %(limit)s;

-- name: seat
UPDATE registration SET status = 'registered', offered_until = NULL, points = %(points)s
WHERE id = %(id)s RETURNING *;

-- name: cancel
-- What was never tried is withdrawn here: the delivery takes up only what is pending or sending.
UPDATE registration SET status = 'cancelled', offered_until = NULL, ended_at = %(now)s,
    points = CASE WHEN points = 'pending' THEN 'withdrawn' ELSE points END
WHERE id = %(id)s RETURNING *;

-- name: lapse
UPDATE registration SET status = 'lapsed', offered_until = NULL, ended_at = %(now)s
WHERE event_id = %(event)s AND status = 'offered' AND offered_until <= %(now)s
RETURNING user_id;

-- name: promote
UPDATE registration SET status = %(status)s, offered_until = %(until)s, points = %(points)s
WHERE id IN (
    SELECT id FROM registration WHERE event_id = %(event)s AND status = 'waitlisted' ORDER BY place LIMIT %(number)s
)
RETURNING *;

-- name: events_with_ended_offers
SELECT DISTINCT event_id FROM registration
WHERE status = 'offered' AND offered_until <= clock_timestamp() LIMIT 100;

-- name: claim_award
-- A pending award of a cancelled registration cannot be found here: cancelling withdraws it.
UPDATE registration SET points = 'sending' WHERE id = %(id)s AND points IN ('pending', 'sending') RETURNING id;

-- name: awarded
UPDATE registration SET points = 'awarded', entry_id = %(entry)s WHERE id = %(id)s AND points = 'sending' RETURNING id;

-- name: settle
UPDATE registration SET points = %(points)s WHERE id = %(id)s RETURNING id;

-- name: points
SELECT points, entry_id FROM registration WHERE id = %(id)s;

-- name: countries
SELECT code, name, (SELECT count(*) FROM city WHERE city.country = country.code) AS cities
FROM country ORDER BY name, code;

-- name: country
SELECT code FROM country WHERE code = %(code)s;

-- name: put_country
INSERT INTO country (code, name, updated_by) VALUES (%(code)s, %(name)s, %(user)s)
ON CONFLICT (code) DO UPDATE
SET name = excluded.name, updated_by = excluded.updated_by, updated_at = clock_timestamp();

-- name: cities
SELECT slug, country, name, (SELECT count(*) FROM place WHERE place.city = city.slug) AS places
FROM city WHERE country = %(code)s ORDER BY name, slug;

-- name: city
SELECT slug FROM city WHERE slug = %(slug)s;

-- name: put_city
-- No row where there is no such country.
INSERT INTO city (slug, country, name, updated_by)
SELECT %(slug)s, code, %(name)s, %(user)s FROM country WHERE code = %(country)s
ON CONFLICT (slug) DO UPDATE
SET country = excluded.country, name = excluded.name, updated_by = excluded.updated_by,
    updated_at = clock_timestamp()
RETURNING slug, country, name, (SELECT count(*) FROM place WHERE place.city = city.slug) AS places;

-- name: places
SELECT slug, city, name, description, latitude, longitude FROM place
WHERE city = %(city)s AND slug > %(after)s ORDER BY slug LIMIT %(limit)s;

-- name: place
SELECT slug, city, name, description, latitude, longitude FROM place WHERE slug = %(slug)s;

-- name: put_place
-- No row where there is no such city.
INSERT INTO place (slug, city, name, description, latitude, longitude, updated_by)
SELECT %(slug)s, slug, %(name)s, %(description)s, %(latitude)s, %(longitude)s, %(user)s
FROM city WHERE slug = %(city)s
ON CONFLICT (slug) DO UPDATE
SET city = excluded.city, name = excluded.name, description = excluded.description, latitude = excluded.latitude,
    longitude = excluded.longitude, updated_by = excluded.updated_by, updated_at = clock_timestamp()
RETURNING slug, city, name, description, latitude, longitude;
