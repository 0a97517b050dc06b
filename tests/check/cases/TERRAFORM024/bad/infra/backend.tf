terraform {
  backend "s3" { #! TERRAFORM024
    bucket = "example-state"
    key    = "shop/prod"
  }
}
