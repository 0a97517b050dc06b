CREATE TABLE tenant (
    id         uuid        PRIMARY KEY,
    name       text        NOT NULL,
    revision   bigint      NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by text        NOT NULL
);

CREATE TABLE workspace (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id  uuid        NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    name       text        NOT NULL,
    revision   bigint      NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by text        NOT NULL,
    UNIQUE (tenant_id, name)
);

CREATE TABLE member (
    tenant_id uuid        NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id   text        NOT NULL,
    role      text        NOT NULL CHECK (role IN ('viewer', 'editor', 'admin', 'owner')),
    since     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX member_user ON member (user_id);

-- How a member is shown to the others of the same tenant.
CREATE TABLE profile (
    tenant_id uuid NOT NULL,
    user_id   text NOT NULL,
    name      text NOT NULL,
    email     text NOT NULL DEFAULT '',
    title     text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
);

-- The secret itself is shown once, to who invites; what is kept is its SHA-256.
CREATE TABLE invitation (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id  uuid        NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    role       text        NOT NULL CHECK (role IN ('viewer', 'editor', 'admin', 'owner')),
    email      text        NOT NULL DEFAULT '',
    secret     bytea       NOT NULL UNIQUE,
    created_by text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    taken_by   text
);
CREATE INDEX workspace_tenant ON workspace (tenant_id);
CREATE INDEX invitation_tenant ON invitation (tenant_id);

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE workspace ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE member ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE profile ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON tenant USING (id = tenant_in_scope());
CREATE POLICY of_tenant ON workspace USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON member USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON profile USING (tenant_id = tenant_in_scope());
CREATE POLICY of_tenant ON invitation USING (tenant_id = tenant_in_scope());

-- A user reads their own memberships and the names of those tenants, and changes nothing by it.
CREATE POLICY own ON member FOR SELECT USING (user_id = user_in_scope());
CREATE POLICY own ON tenant FOR SELECT
    USING (EXISTS (SELECT FROM member WHERE member.tenant_id = tenant.id AND member.user_id = user_in_scope()));
