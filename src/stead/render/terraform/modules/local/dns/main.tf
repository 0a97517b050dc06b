resource "terraform_data" "record" {
  input = {
    name    = var.name
    host    = var.host
    zone    = var.zone
    address = var.address
  }

  lifecycle {
    precondition {
      condition     = endswith(var.host, trimsuffix(var.zone, "."))
      error_message = "The host ${var.host} is not in the zone ${var.zone}: give dns_zone the zone that holds it."
    }
  }
}
