def cents():
    return 100
