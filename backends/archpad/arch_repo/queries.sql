-- name: next_number
-- The numbers of a prefix, so many at once: the row is locked until the transaction ends, so none is given twice.
INSERT INTO counter AS known (tenant_id, prefix, last) VALUES (%(tenant)s, %(prefix)s, %(count)s)
ON CONFLICT (tenant_id, prefix) DO UPDATE SET last = known.last + excluded.last RETURNING last

-- name: elements
SELECT * FROM element WHERE tenant_id = %(tenant)s AND id > %(after)s
    AND (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY id LIMIT %(limit)s

-- name: element
SELECT * FROM element WHERE tenant_id = %(tenant)s AND id = %(id)s

-- name: make_element
INSERT INTO element (id, tenant_id, kind, code, name, description, state, properties, identifier)
VALUES (%(id)s, %(tenant)s, %(kind)s, %(code)s, %(name)s, %(description)s, %(state)s, %(properties)s, %(identifier)s)
RETURNING *

-- name: replace_element
UPDATE element SET name = %(name)s, description = %(description)s, state = %(state)s, properties = %(properties)s,
    revision = revision + 1, changed_at = clock_timestamp(), changed_by = actor_in_scope()
WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING *

-- name: delete_element
DELETE FROM element WHERE tenant_id = %(tenant)s AND id = %(id)s

-- name: relationships
SELECT * FROM relationship WHERE tenant_id = %(tenant)s AND id > %(after)s
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(element)s::uuid IS NULL OR %(element)s IN (source_id, target_id))
ORDER BY id LIMIT %(limit)s

-- name: relationship
SELECT * FROM relationship WHERE tenant_id = %(tenant)s AND id = %(id)s

-- name: make_relationship
INSERT INTO relationship (id, tenant_id, kind, source_id, target_id, name, description, properties, identifier)
VALUES (%(id)s, %(tenant)s, %(kind)s, %(source_id)s, %(target_id)s, %(name)s, %(description)s, %(properties)s,
        %(identifier)s)
RETURNING *

-- name: replace_relationship
UPDATE relationship SET kind = %(kind)s, source_id = %(source_id)s, target_id = %(target_id)s, name = %(name)s,
    description = %(description)s, properties = %(properties)s,
    revision = revision + 1, changed_at = clock_timestamp(), changed_by = actor_in_scope()
WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING *

-- name: delete_relationship
DELETE FROM relationship WHERE tenant_id = %(tenant)s AND id = %(id)s

-- name: solutions
SELECT id, code, name, state FROM solution WHERE tenant_id = %(tenant)s AND id > %(after)s ORDER BY id LIMIT %(limit)s

-- name: solution
SELECT * FROM solution WHERE tenant_id = %(tenant)s AND id = %(id)s

-- name: make_solution
INSERT INTO solution (id, tenant_id, code, name, context, decision, consequences, alternatives, state)
VALUES (%(id)s, %(tenant)s, %(code)s, %(name)s, %(context)s, %(decision)s, %(consequences)s, %(alternatives)s,
        %(state)s)
RETURNING *

-- name: replace_solution
UPDATE solution SET name = %(name)s, context = %(context)s, decision = %(decision)s,
    consequences = %(consequences)s, alternatives = %(alternatives)s, state = %(state)s,
    revision = revision + 1, changed_at = clock_timestamp(), changed_by = actor_in_scope()
WHERE tenant_id = %(tenant)s AND id = %(id)s RETURNING *

-- name: delete_solution
DELETE FROM solution WHERE tenant_id = %(tenant)s AND id = %(id)s

-- name: variants
SELECT variant.name, variant.description, variant.chosen,
       array_remove(array_agg(variant_element.element_id ORDER BY variant_element.element_id), NULL) AS element_ids
FROM variant LEFT JOIN variant_element
    ON variant_element.tenant_id = variant.tenant_id AND variant_element.variant_id = variant.id
WHERE variant.tenant_id = %(tenant)s AND variant.solution_id = %(id)s
GROUP BY variant.tenant_id, variant.id ORDER BY variant.place

-- name: views
SELECT name, nodes FROM solution_view WHERE tenant_id = %(tenant)s AND solution_id = %(id)s ORDER BY place

-- name: clear_variants
DELETE FROM variant WHERE tenant_id = %(tenant)s AND solution_id = %(id)s

-- name: clear_views
DELETE FROM solution_view WHERE tenant_id = %(tenant)s AND solution_id = %(id)s

-- name: make_variant
WITH made AS (
    INSERT INTO variant (tenant_id, solution_id, place, name, description, chosen)
    VALUES (%(tenant)s, %(id)s, %(place)s, %(name)s, %(description)s, %(chosen)s) RETURNING tenant_id, id
)
INSERT INTO variant_element (tenant_id, variant_id, element_id)
SELECT DISTINCT made.tenant_id, made.id, element_id FROM made, unnest(%(element_ids)s::uuid[]) AS element_id

-- name: make_view
INSERT INTO solution_view (tenant_id, solution_id, place, name, nodes)
VALUES (%(tenant)s, %(id)s, %(place)s, %(name)s, %(nodes)s)

-- name: unknown_elements
SELECT wanted.id FROM unnest(%(ids)s::uuid[]) AS wanted (id)
WHERE NOT EXISTS (SELECT FROM element WHERE element.tenant_id = %(tenant)s AND element.id = wanted.id)

-- name: entries
SELECT * FROM directory_entry WHERE tenant_id = %(tenant)s AND directory = %(directory)s ORDER BY code

-- name: entry
SELECT * FROM directory_entry WHERE tenant_id = %(tenant)s AND directory = %(directory)s AND code = %(code)s FOR UPDATE

-- name: put_entry
INSERT INTO directory_entry AS known (tenant_id, directory, code, name, description)
VALUES (%(tenant)s, %(directory)s, %(code)s, %(name)s, %(description)s)
ON CONFLICT (tenant_id, directory, code) DO UPDATE SET name = excluded.name, description = excluded.description,
    revision = known.revision + 1, changed_at = clock_timestamp(), changed_by = actor_in_scope()
RETURNING *

-- name: delete_entry
DELETE FROM directory_entry WHERE tenant_id = %(tenant)s AND directory = %(directory)s AND code = %(code)s

-- name: history
SELECT action, revision, changed_by, changed_at, row FROM change
WHERE tenant_id = %(tenant)s AND entity_id = %(id)s ORDER BY number DESC LIMIT %(limit)s

-- name: search
-- A code or the beginning of one finds its record; words find what has them all.
SELECT 'element' AS entity, id, code, name, ts_rank(search, websearch_to_tsquery('simple', %(words)s)) AS rank
FROM element WHERE tenant_id = %(tenant)s
    AND (search @@ websearch_to_tsquery('simple', %(words)s) OR starts_with(code, upper(%(words)s)))
UNION ALL
SELECT 'solution', id, code, name, ts_rank(search, websearch_to_tsquery('simple', %(words)s))
FROM solution WHERE tenant_id = %(tenant)s
    AND (search @@ websearch_to_tsquery('simple', %(words)s) OR starts_with(code, upper(%(words)s)))
ORDER BY rank DESC, code LIMIT %(limit)s

-- name: lock_tenant
-- One import at a time in a tenant: two that bring the same element would both find it new.
SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::text, 7042))

-- name: known_elements
SELECT id, identifier, kind, name, description, properties FROM element
WHERE tenant_id = %(tenant)s AND identifier = ANY(%(identifiers)s)

-- name: known_relationships
SELECT id, identifier, kind, source_id, target_id, name, description, properties FROM relationship
WHERE tenant_id = %(tenant)s AND identifier = ANY(%(identifiers)s)

-- name: import_elements
INSERT INTO element (id, tenant_id, kind, code, name, description, properties, identifier)
SELECT id, %(tenant)s, kind, code, name, description, properties, identifier
FROM jsonb_to_recordset(%(rows)s) AS given (
    id uuid, kind text, code text, name text, description text, properties jsonb, identifier text)

-- name: update_elements
UPDATE element SET name = given.name, description = given.description, properties = given.properties,
    revision = revision + 1, changed_at = clock_timestamp(), changed_by = actor_in_scope()
FROM jsonb_to_recordset(%(rows)s) AS given (id uuid, name text, description text, properties jsonb)
WHERE element.tenant_id = %(tenant)s AND element.id = given.id

-- name: import_relationships
INSERT INTO relationship (id, tenant_id, kind, source_id, target_id, name, description, properties, identifier)
SELECT id, %(tenant)s, kind, source_id, target_id, name, description, properties, identifier
FROM jsonb_to_recordset(%(rows)s) AS given (
    id uuid, kind text, source_id uuid, target_id uuid, name text, description text, properties jsonb, identifier text)

-- name: update_relationships
UPDATE relationship SET kind = given.kind, source_id = given.source_id, target_id = given.target_id,
    name = given.name, description = given.description, properties = given.properties,
    revision = revision + 1, changed_at = clock_timestamp(), changed_by = actor_in_scope()
FROM jsonb_to_recordset(%(rows)s) AS given (
    id uuid, kind text, source_id uuid, target_id uuid, name text, description text, properties jsonb)
WHERE relationship.tenant_id = %(tenant)s AND relationship.id = given.id

-- name: all_elements
SELECT identifier, kind, name, description, properties FROM element WHERE tenant_id = %(tenant)s ORDER BY identifier

-- name: all_relationships
SELECT relationship.identifier, relationship.kind, source.identifier AS source, target.identifier AS target,
       relationship.name, relationship.description, relationship.properties
FROM relationship
JOIN element AS source ON source.tenant_id = relationship.tenant_id AND source.id = relationship.source_id
JOIN element AS target ON target.tenant_id = relationship.tenant_id AND target.id = relationship.target_id
WHERE relationship.tenant_id = %(tenant)s ORDER BY relationship.identifier
