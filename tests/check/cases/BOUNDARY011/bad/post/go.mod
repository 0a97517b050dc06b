module example.com/shop/post

go 1.24
