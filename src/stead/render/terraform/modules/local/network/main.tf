# The machine's own loopback stands for a network: what would be asked of a cloud is in the state, and can be planned.
resource "terraform_data" "network" {
  input = {
    id   = "${var.name}-network"
    cidr = var.cidr
  }
}
