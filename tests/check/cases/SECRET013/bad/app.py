SIGNING_KEY = "q8Zx2Lk9vTr4Wm7Ys1Np"  #! SECRET013
settings = {"clientSecret": "a81kQp3Zx72LmWv9"}  #! SECRET013
