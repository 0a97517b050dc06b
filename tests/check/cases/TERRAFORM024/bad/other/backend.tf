terraform {
  backend "http" { #! TERRAFORM024
    address = "https://state.example.com/shop"
  }
}
