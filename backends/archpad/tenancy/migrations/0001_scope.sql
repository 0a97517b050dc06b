-- What a transaction is for: set by the service at its beginning, gone at its end. Nothing set means no row at all.
CREATE FUNCTION tenant_in_scope() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('archpad.tenant', true), '')::uuid $$;

-- Who reads their own memberships, in all tenants.
CREATE FUNCTION user_in_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('archpad.user', true), '') $$;

-- Who changes rows, for the history; it gives access to nothing.
CREATE FUNCTION actor_in_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('archpad.actor', true), '') $$;
