package main

import (
	"fmt"

	"example.com/shop/post/internal/letters" // #! BOUNDARY011
)

func main() { fmt.Println("/health", letters.All) }
