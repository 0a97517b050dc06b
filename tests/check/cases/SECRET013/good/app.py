SIGNING_KEY = environ["SIGNING_KEY"]
token = tokens.find(request1234567890)
PASSWORD = "changeme-please-123"
secret = "my-secret-of-2024"
TOKEN_TTL = "q8Zx2Lk9vTr4Wm7Ys1Np"
api_key = "your-api-key-goes-here-1"
KEYS = {"token": "a.b.c1"}
