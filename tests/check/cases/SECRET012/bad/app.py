URL = "postgres://shop:Zx81kQp3@db.shop.io:5432/shop"  #! SECRET012
