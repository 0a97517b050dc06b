raise SystemExit("a check imports nothing")
