"""The procedure that changes each kind of secret without failed requests: two values are valid at once, if possible.

During a rotation the sealed file also holds `NAME.next` or `NAME.previous`.
"""

NEXT, PREVIOUS = ".next", ".previous"

PROVIDED = (
    "make a new one where it comes from, and let the old one live; `stead secret set`; deliver; restart who reads it; "
    "end the old one where it comes from"
)
OF_SEVERAL = (
    "who reads it takes two, and shows the first: `stead secret set` the old one, {}, and the new one; deliver; "
    "`stead secret set` the new one, {}, and the old one; deliver; when nothing shows the old one any more, "
    "`stead secret set` the new one alone; deliver"
)
SEPARATORS = {" ": "a space", ",": "a comma"}
SIGNING_KEY = (
    "`stead secret rotate` three times, and deliver after each: its callees take the next key, it signs with that, the "
    "one before is not accepted any more"
)
ADMINISTRATOR = "make a new one on the server; `stead secret set`; nothing that serves requests reads it"
OF_RESOURCES = {
    "postgres": (
        "a role has one password, and open connections outlive it: `stead secret set` the URL with the new one; "
        "deliver; `ALTER ROLE … PASSWORD`; a process that looks at its files goes on, restart the others"
    ),
    "redis": (
        "a user may have two: `ACL SETUSER … >new`; `stead secret set`; deliver; restart who reads it; "
        "`ACL SETUSER … <old`"
    ),
    "bucket": (
        "make a second key for the same user; `stead secret set`; deliver; a process that looks at its files goes on, "
        "restart the others; end the first key once the URLs that it signed are over"
    ),
}


def of_several(separator: str) -> str:
    """Return the procedure for a secret whose readers accept two values."""
    between = SEPARATORS.get(separator, f"`{separator}`")
    return OF_SEVERAL.format(between, between)
