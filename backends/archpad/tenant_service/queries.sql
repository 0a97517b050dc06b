-- name: tenants_of_user
SELECT tenant.id, tenant.name, member.role FROM member JOIN tenant ON tenant.id = member.tenant_id
WHERE member.user_id = %(user)s ORDER BY tenant.name, tenant.id

-- name: role
SELECT role FROM member WHERE tenant_id = %(tenant)s AND user_id = %(user)s

-- name: tenant
SELECT * FROM tenant WHERE id = %(tenant)s

-- name: lock_tenant
-- Whoever changes memberships holds the tenant: two owners who leave at once cannot both be the last but one.
SELECT revision FROM tenant WHERE id = %(tenant)s FOR UPDATE

-- name: make_tenant
INSERT INTO tenant (id, name, created_by, changed_by) VALUES (%(tenant)s, %(name)s, %(user)s, %(user)s)
ON CONFLICT (id) DO NOTHING RETURNING *

-- name: rename_tenant
UPDATE tenant SET name = %(name)s, revision = revision + 1, changed_at = clock_timestamp(), changed_by = %(user)s
WHERE id = %(tenant)s RETURNING *

-- name: workspaces
SELECT * FROM workspace WHERE tenant_id = %(tenant)s ORDER BY name, id

-- name: workspace
SELECT * FROM workspace WHERE tenant_id = %(tenant)s AND id = %(workspace)s FOR UPDATE

-- name: make_workspace
INSERT INTO workspace (tenant_id, name, created_by, changed_by) VALUES (%(tenant)s, %(name)s, %(user)s, %(user)s)
ON CONFLICT (tenant_id, name) DO NOTHING RETURNING *

-- name: rename_workspace
UPDATE workspace SET name = %(name)s, revision = revision + 1, changed_at = clock_timestamp(), changed_by = %(user)s
WHERE tenant_id = %(tenant)s AND id = %(workspace)s RETURNING *

-- name: delete_workspace
DELETE FROM workspace WHERE tenant_id = %(tenant)s AND id = %(workspace)s

-- name: members
SELECT member.user_id, member.role, member.since, coalesce(profile.name, '') AS name,
       coalesce(profile.email, '') AS email, coalesce(profile.title, '') AS title
FROM member LEFT JOIN profile USING (tenant_id, user_id)
WHERE member.tenant_id = %(tenant)s ORDER BY member.since, member.user_id

-- name: add_member
-- Who belongs already keeps the role that they have.
INSERT INTO member (tenant_id, user_id, role) VALUES (%(tenant)s, %(user)s, %(role)s) ON CONFLICT DO NOTHING

-- name: set_role
UPDATE member SET role = %(role)s WHERE tenant_id = %(tenant)s AND user_id = %(user)s

-- name: remove_member
DELETE FROM member WHERE tenant_id = %(tenant)s AND user_id = %(user)s

-- name: other_owners
SELECT count(*) AS owners FROM member WHERE tenant_id = %(tenant)s AND role = 'owner' AND user_id <> %(user)s

-- name: put_profile
INSERT INTO profile (tenant_id, user_id, name, email, title)
VALUES (%(tenant)s, %(user)s, %(name)s, %(email)s, %(title)s)
ON CONFLICT (tenant_id, user_id) DO UPDATE SET name = excluded.name, email = excluded.email, title = excluded.title

-- name: invite
INSERT INTO invitation (tenant_id, role, email, secret, created_by, expires_at)
VALUES (%(tenant)s, %(role)s, %(email)s, %(secret)s, %(user)s, clock_timestamp() + %(days)s * interval '1 day')
RETURNING *

-- name: invitations
SELECT * FROM invitation WHERE tenant_id = %(tenant)s AND taken_by IS NULL AND expires_at > clock_timestamp()
ORDER BY created_at, id

-- name: take_invitation
-- Once: of two who try at the same moment, one finds it taken.
UPDATE invitation SET taken_by = %(user)s
WHERE tenant_id = %(tenant)s AND secret = %(secret)s AND expires_at > clock_timestamp()
    AND (taken_by IS NULL OR taken_by = %(user)s)
RETURNING role

-- name: delete_invitation
DELETE FROM invitation WHERE tenant_id = %(tenant)s AND id = %(invitation)s
