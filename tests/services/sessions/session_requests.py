"""What a caller asks a sessions service in these tests."""

import jwt

CALLER = "auth-service"
NEW = {"user_id": "user_1", "method": "telegram", "roles": ["editor"], "device": "Firefox"}


async def begin(app, user="user_1", **more):
    answer = await app.post("/v1/sessions", caller=CALLER, json={**NEW, "user_id": user, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ask(app, operation, session):
    return await app.post(f"/v1/sessions/{operation}", caller=CALLER, json={"session": session})


async def keys(app):
    answer = await app.get("/v1/sessions/keys", caller="api-gateway")
    return {key["kid"]: jwt.PyJWK(key) for key in answer.json()["keys"]}


async def claims(app, token):
    key = (await keys(app))[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["ES256"], audience="api", issuer=app.service.name)
