fn main() { println!("/health") }
