module example.com/shop/mail // #! SERVICE017

go 1.22

require github.com/caarlos0/env/v11 v11.3.1
