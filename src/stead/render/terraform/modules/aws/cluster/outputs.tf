output "endpoint" {
  description = "The API server of the cluster."
  value       = aws_eks_cluster.own.endpoint
}

output "name" {
  description = "The name of the cluster."
  value       = aws_eks_cluster.own.name
}
