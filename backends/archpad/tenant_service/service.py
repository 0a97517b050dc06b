"""What may be asked of the tenant service."""

from stead import Route

TENANT = "/v1/tenants/{tenant_id}"

ROUTES = (
    Route.public("GET", "/openapi.json"),
    Route.user("GET", "/v1/tenants"),
    Route.user("POST", "/v1/tenants"),
    Route.user("GET", TENANT),
    Route.user("PUT", TENANT),
    Route.user("GET", f"{TENANT}/workspaces"),
    Route.user("POST", f"{TENANT}/workspaces"),
    Route.user("PUT", f"{TENANT}/workspaces/{{workspace_id}}"),
    Route.user("DELETE", f"{TENANT}/workspaces/{{workspace_id}}"),
    Route.user("GET", f"{TENANT}/members"),
    Route.user("PUT", f"{TENANT}/members/{{user_id}}"),
    Route.user("DELETE", f"{TENANT}/members/{{user_id}}"),
    Route.user("PUT", f"{TENANT}/profile"),
    Route.user("GET", f"{TENANT}/invitations"),
    Route.user("POST", f"{TENANT}/invitations"),
    Route.user("DELETE", f"{TENANT}/invitations/{{invitation_id}}"),
    Route.user("POST", "/v1/invitations/accept"),
    Route.service("GET", "/v1/memberships/{tenant_id}", "membership"),
)
