pieces = 5
