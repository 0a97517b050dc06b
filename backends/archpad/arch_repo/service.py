"""What may be asked of the architecture repository."""

from stead import Route

TENANT = "/v1/tenants/{tenant_id}"
IMPORT = 20.0  # seconds: a whole model is read, compared and written

ROUTES = (
    Route.public("GET", "/openapi.json"),
    Route.user("GET", f"{TENANT}/elements"),
    Route.user("POST", f"{TENANT}/elements"),
    Route.user("GET", f"{TENANT}/elements/{{record_id}}"),
    Route.user("PUT", f"{TENANT}/elements/{{record_id}}"),
    Route.user("DELETE", f"{TENANT}/elements/{{record_id}}"),
    Route.user("GET", f"{TENANT}/relationships"),
    Route.user("POST", f"{TENANT}/relationships"),
    Route.user("GET", f"{TENANT}/relationships/{{record_id}}"),
    Route.user("PUT", f"{TENANT}/relationships/{{record_id}}"),
    Route.user("DELETE", f"{TENANT}/relationships/{{record_id}}"),
    Route.user("GET", f"{TENANT}/solutions"),
    Route.user("POST", f"{TENANT}/solutions"),
    Route.user("GET", f"{TENANT}/solutions/{{record_id}}"),
    Route.user("PUT", f"{TENANT}/solutions/{{record_id}}"),
    Route.user("DELETE", f"{TENANT}/solutions/{{record_id}}"),
    Route.user("GET", f"{TENANT}/directories/{{directory}}"),
    Route.user("PUT", f"{TENANT}/directories/{{directory}}/{{code}}"),
    Route.user("DELETE", f"{TENANT}/directories/{{directory}}/{{code}}"),
    Route.user("GET", f"{TENANT}/history/{{record_id}}"),
    Route.user("GET", f"{TENANT}/search"),
    Route.user("GET", f"{TENANT}/exchange", timeout=IMPORT),
    Route.user("POST", f"{TENANT}/exchange", timeout=IMPORT),
    Route.user("POST", f"{TENANT}/drawings", timeout=IMPORT),
)
