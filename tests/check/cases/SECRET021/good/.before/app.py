TOKEN = "changeme"
