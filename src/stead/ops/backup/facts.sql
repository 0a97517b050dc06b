-- name: server
-- The server's version, and how the database keeps text.
SELECT to_jsonb(current_setting('server_version') || ', ' || current_setting('server_encoding'))

-- name: tables
-- Every table whose rows a dump holds, written as SQL names it. What belongs to an extension comes with the extension.
SELECT COALESCE(jsonb_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )

-- name: content
-- How many rows a table has, and a sum over all that is in them, in whatever order they lie. SHA-256, since PostgreSQL's
-- own hashes may change from one version to the next.
SELECT jsonb_build_object(
    'rows', count(*),
    'content', COALESCE(sum(
        ('x' || left(encode(sha256(convert_to(_row_::text, 'UTF8')), 'hex'), 16))::bit(64)::bigint::numeric
    ), 0)::text
) FROM ONLY {table} _row_

-- name: schema
-- Every object with its definition, as far as two versions of PostgreSQL write it alike.
WITH ours AS (
    SELECT n.oid, n.nspname FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), extended AS (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'
), relation AS (
    SELECT c.*, format('%I.%I', n.nspname, c.relname) AS full_name FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
    WHERE ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM extended)
), object(name, definition) AS (
    SELECT 'schema ' || nspname, '' FROM ours WHERE nspname <> 'public'
    UNION ALL
    SELECT 'extension ' || extname, '' FROM pg_extension
    UNION ALL
    SELECT 'table ' || r.full_name, r.relkind::text || string_agg(
        concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
            a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid)), E'\n' ORDER BY a.attnum)
    FROM relation r
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'p', 'f', 'c') GROUP BY r.full_name, r.relkind
    UNION ALL
    SELECT 'view ' || full_name, pg_get_viewdef(oid) FROM relation WHERE relkind IN ('v', 'm')
    UNION ALL
    SELECT 'sequence ' || r.full_name, concat_ws(' ', s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcycle)
    FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid
    UNION ALL
    SELECT 'index ' || full_name, pg_get_indexdef(oid) FROM relation WHERE relkind IN ('i', 'I')
    UNION ALL
    -- Version 18 lists what is not null as constraints, too; the columns say it already.
    SELECT format('constraint %I of %s', k.conname, r.full_name), pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN relation r ON r.oid = k.conrelid WHERE k.contype NOT IN ('n', 't')
    UNION ALL
    SELECT format('trigger %I of %s', t.tgname, r.full_name), pg_get_triggerdef(t.oid) || t.tgenabled::text
    FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('function %I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
        CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE format_type(p.prorettype, NULL) END
    FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace
    WHERE ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM extended)
    UNION ALL
    SELECT format('type %I.%I', n.nspname, t.typname), concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
        (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
        (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k
            WHERE k.contypid = t.oid AND k.contype <> 'n'))
    FROM pg_type t JOIN ours n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('e', 'd') AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM extended)
    UNION ALL
    SELECT format('policy %I of %s', p.polname, r.full_name), concat_ws(' ', p.polcmd::text, p.polpermissive,
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
)
SELECT jsonb_object_agg(name, definition) FROM object
