output "address" {
  description = "Where images are pushed to."
  value       = aws_ecr_repository.own.repository_url
}
