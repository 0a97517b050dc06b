output "id" {
  description = "The network."
  value       = twc_vpc.own.id
}

output "subnet_ids" {
  description = "The subnets."
  value       = [twc_vpc.own.id]
}
