-- name: overfull
-- No seat beyond a group's capacity is taken, and no seat twice.
SELECT crew_group.id::text AS place, format('%s of %s seats are taken, up to seat %s', count(*), capacity, max(seat))
    AS fault
FROM crew_group JOIN assignment ON assignment.group_id = crew_group.id AND assignment.status = 'active'
GROUP BY crew_group.id HAVING max(seat) > capacity OR count(*) > count(DISTINCT seat)

-- name: too_heavy
-- A boat bears its load.
SELECT crew_group.id::text AS place, format('%s kg, and it bears %s', sum(assignment.weight), crew_group.weight) AS fault
FROM crew_group JOIN assignment ON assignment.group_id = crew_group.id AND assignment.status = 'active'
GROUP BY crew_group.id HAVING sum(assignment.weight) > crew_group.weight

-- name: weight_unknown
-- Where a group bears only so much, the weight of everybody in it is known.
SELECT crew_group.id::text AS place, format('the weight of %s is unknown', count(*)) AS fault
FROM crew_group JOIN assignment ON assignment.group_id = crew_group.id AND assignment.status = 'active'
WHERE crew_group.weight IS NOT NULL AND assignment.weight IS NULL GROUP BY crew_group.id

-- name: double_place
-- A booking has one place of a kind.
SELECT booking_id::text AS place, format('%s places of kind %s', count(*), kind) AS fault
FROM assignment WHERE status = 'active' GROUP BY event_id, kind, booking_id HAVING count(*) > 1

-- name: misplaced
-- A place is of the event and of the kind of its group.
SELECT assignment.id::text AS place, format('%s of event %s in a %s of event %s', assignment.kind, assignment.event_id,
    crew_group.kind, crew_group.event_id) AS fault
FROM assignment JOIN crew_group ON crew_group.id = assignment.group_id
WHERE (assignment.kind, assignment.event_id) <> (crew_group.kind, crew_group.event_id)
