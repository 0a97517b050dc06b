package main

import "example.com/shop/post/internal/letters"

func main() { println("/health", letters.All) }
