output "id" {
  description = "The network."
  value       = aws_vpc.own.id
}

output "subnet_ids" {
  description = "The subnets."
  value       = aws_subnet.own[*].id
}
