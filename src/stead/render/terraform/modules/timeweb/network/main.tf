resource "twc_vpc" "own" {
  name      = var.name
  location  = var.region
  subnet_v4 = var.cidr
}
