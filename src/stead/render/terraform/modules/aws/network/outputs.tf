output "id" {
  description = "The network."
  value       = aws_vpc.own.id
}

output "subnet_ids" {
  description = "The subnets."
  value       = aws_subnet.own[*].id

  # What is in them needs the way out from its first minute.
  depends_on = [aws_route_table_association.own]
}
