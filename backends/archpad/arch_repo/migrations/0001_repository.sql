-- A number of its own for each kind of code in each tenant: COMP-1, COMP-2.
CREATE TABLE counter (
    tenant_id uuid   NOT NULL,
    prefix    text   NOT NULL,
    last      bigint NOT NULL,
    PRIMARY KEY (tenant_id, prefix)
);

-- identifier is what the exchange file calls the element: an import finds by it what it has brought before.
CREATE TABLE element (
    id          uuid        NOT NULL DEFAULT gen_random_uuid(),
    tenant_id   uuid        NOT NULL,
    kind        text        NOT NULL,
    code        text        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    state       text        NOT NULL DEFAULT 'proposed',
    properties  jsonb       NOT NULL DEFAULT '{}',
    identifier  text        NOT NULL,
    revision    bigint      NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by  text        NOT NULL DEFAULT actor_in_scope(),
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by  text        NOT NULL DEFAULT actor_in_scope(),
    search      tsvector    GENERATED ALWAYS AS (to_tsvector('simple', code || ' ' || name || ' ' || description)) STORED,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code),
    UNIQUE (tenant_id, identifier)
);
CREATE INDEX element_search ON element USING gin (search);

-- Keys with the tenant in them: a relationship between two tenants cannot be written, whoever writes it.
CREATE TABLE relationship (
    id          uuid        NOT NULL DEFAULT gen_random_uuid(),
    tenant_id   uuid        NOT NULL,
    kind        text        NOT NULL,
    source_id   uuid        NOT NULL,
    target_id   uuid        NOT NULL,
    name        text        NOT NULL DEFAULT '',
    description text        NOT NULL DEFAULT '',
    properties  jsonb       NOT NULL DEFAULT '{}',
    identifier  text        NOT NULL,
    revision    bigint      NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by  text        NOT NULL DEFAULT actor_in_scope(),
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by  text        NOT NULL DEFAULT actor_in_scope(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, identifier),
    CONSTRAINT relationship_source FOREIGN KEY (tenant_id, source_id) REFERENCES element (tenant_id, id),
    CONSTRAINT relationship_target FOREIGN KEY (tenant_id, target_id) REFERENCES element (tenant_id, id)
);
CREATE INDEX relationship_of_source ON relationship (tenant_id, source_id);
CREATE INDEX relationship_of_target ON relationship (tenant_id, target_id);

-- A decision record. Its variants and views are replaced with it, as a whole.
CREATE TABLE solution (
    id           uuid        NOT NULL DEFAULT gen_random_uuid(),
    tenant_id    uuid        NOT NULL,
    code         text        NOT NULL,
    name         text        NOT NULL,
    context      text        NOT NULL DEFAULT '',
    decision     text        NOT NULL DEFAULT '',
    consequences text        NOT NULL DEFAULT '',
    alternatives text        NOT NULL DEFAULT '',
    state        text        NOT NULL DEFAULT 'proposed',
    revision     bigint      NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by   text        NOT NULL DEFAULT actor_in_scope(),
    changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by   text        NOT NULL DEFAULT actor_in_scope(),
    search       tsvector    GENERATED ALWAYS AS
                     (to_tsvector('simple', code || ' ' || name || ' ' || context || ' ' || decision)) STORED,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, code)
);
CREATE INDEX solution_search ON solution USING gin (search);

CREATE TABLE variant (
    id          uuid    NOT NULL DEFAULT gen_random_uuid(),
    tenant_id   uuid    NOT NULL,
    solution_id uuid    NOT NULL,
    place       integer NOT NULL,
    name        text    NOT NULL,
    description text    NOT NULL DEFAULT '',
    chosen      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, solution_id, place),
    CONSTRAINT variant_solution FOREIGN KEY (tenant_id, solution_id) REFERENCES solution (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX variant_chosen ON variant (tenant_id, solution_id) WHERE chosen;

CREATE TABLE variant_element (
    tenant_id  uuid NOT NULL,
    variant_id uuid NOT NULL,
    element_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, variant_id, element_id),
    CONSTRAINT variant_element_variant
        FOREIGN KEY (tenant_id, variant_id) REFERENCES variant (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT variant_element_element FOREIGN KEY (tenant_id, element_id) REFERENCES element (tenant_id, id)
);
CREATE INDEX variant_element_of_element ON variant_element (tenant_id, element_id);

CREATE TABLE solution_view (
    id          uuid    NOT NULL DEFAULT gen_random_uuid(),
    tenant_id   uuid    NOT NULL,
    solution_id uuid    NOT NULL,
    place       integer NOT NULL,
    name        text    NOT NULL,
    nodes       jsonb   NOT NULL DEFAULT '[]',
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, solution_id, place),
    CONSTRAINT solution_view_solution
        FOREIGN KEY (tenant_id, solution_id) REFERENCES solution (tenant_id, id) ON DELETE CASCADE
);

-- Reference data of one shape: licence types, protocols, recovery times.
CREATE TABLE directory_entry (
    id          uuid        NOT NULL DEFAULT gen_random_uuid(),
    tenant_id   uuid        NOT NULL,
    directory   text        NOT NULL,
    code        text        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    revision    bigint      NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by  text        NOT NULL DEFAULT actor_in_scope(),
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by  text        NOT NULL DEFAULT actor_in_scope(),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, directory, code)
);

-- What was done to which row, and what it was like after that (before that, where it was deleted).
CREATE TABLE change (
    tenant_id uuid        NOT NULL,
    number    bigint      GENERATED ALWAYS AS IDENTITY,
    entity    text        NOT NULL,
    entity_id uuid        NOT NULL,
    action    text        NOT NULL CHECK (action IN ('insert', 'update', 'delete')),
    revision  bigint      NOT NULL,
    changed_by text       NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    row       jsonb       NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX change_of_entity ON change (tenant_id, entity_id, number);

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN noted := to_jsonb(OLD); ELSE noted := to_jsonb(NEW); END IF;
    INSERT INTO change (tenant_id, entity, entity_id, action, revision, changed_by, row)
    VALUES ((noted ->> 'tenant_id')::uuid, TG_TABLE_NAME, (noted ->> 'id')::uuid, lower(TG_OP),
            (noted ->> 'revision')::bigint, actor_in_scope(), noted - 'search' - 'tenant_id');
    RETURN NULL;
END
$$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON element FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON relationship FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON solution FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON directory_entry FOR EACH ROW EXECUTE FUNCTION note_change();

ALTER TABLE counter ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE element ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE relationship ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE solution ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE variant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE variant_element ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE solution_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE directory_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON counter USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON element USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON relationship USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON solution USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON variant USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON variant_element USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON solution_view USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON directory_entry USING (tenant_id = tenant_in_scope());
-- History is read and added to; no policy lets anyone change it.
CREATE POLICY read_of_tenant ON change FOR SELECT USING (tenant_id = tenant_in_scope());
CREATE POLICY note_in_tenant ON change FOR INSERT WITH CHECK (tenant_id = tenant_in_scope());
