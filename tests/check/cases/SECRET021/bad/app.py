TOKEN = ""
