terraform {
  backend "s3" {
    bucket = "example-state"
    key    = "shop/prod"
    use_lockfile = true
  }
}
