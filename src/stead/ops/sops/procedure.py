"""How each kind of secret is changed so that no request fails: where two values can be taken at once, they are.

A sealed file holds the other value of a secret that is rotated beside it, `NAME.next` or `NAME.previous`.
"""

NEXT, PREVIOUS = ".next", ".previous"

PROVIDED = (
    "make a new one where it comes from, and let the old one live; `stead secret set`; deliver; restart who reads it; "
    "end the old one where it comes from"
)
WEBHOOK = (
    "who reads it takes two: `stead secret set` the new one, a space, and the old one; deliver; give the partner the "
    "new one; `stead secret set` the new one alone; deliver"
)
SIGNING_KEY = (
    "`stead secret rotate` three times, and deliver after each: its callees take the next key, it signs with that, the "
    "one before is not accepted any more"
)
ADMINISTRATOR = "make a new one on the server; `stead secret set`; nothing that serves requests reads it"
OF_SERVERS = {
    "postgres": (
        "a role has one password, and open connections outlive it: `stead secret set` the URL with the new one; "
        "deliver; `ALTER ROLE … PASSWORD`; a process that looks at its files goes on, restart the others"
    ),
    "redis": (
        "a user may have two: `ACL SETUSER … >new`; `stead secret set`; deliver; restart who reads it; "
        "`ACL SETUSER … <old`"
    ),
    "s3": "make a second key for the same user; `stead secret set`; deliver; restart who reads it; end the first key",
}
