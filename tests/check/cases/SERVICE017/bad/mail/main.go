package main

func main() { println("/health") }
