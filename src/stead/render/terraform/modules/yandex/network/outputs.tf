output "id" {
  description = "The network."
  value       = yandex_vpc_network.own.id
}

output "subnet_ids" {
  description = "The subnets."
  value       = [yandex_vpc_subnet.own.id]
}
