def a(:
    pass
