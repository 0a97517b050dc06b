module example.com/shop/mail

go 1.24
