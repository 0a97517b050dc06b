TOKEN = "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
NONE = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."
AT = "12:30:45"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
