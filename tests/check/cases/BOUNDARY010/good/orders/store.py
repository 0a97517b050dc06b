kept = 5
