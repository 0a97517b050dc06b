# Made by `stead render` from backend.py: change that, or delete this line to own the file. [26479f1e634dd349]
output "id" {
  description = "The network."
  value       = yandex_vpc_network.own.id
}

output "subnet_ids" {
  description = "The subnets."
  value       = [yandex_vpc_subnet.own.id]
}
