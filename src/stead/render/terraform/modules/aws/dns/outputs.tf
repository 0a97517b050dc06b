output "host" {
  description = "The name that leads to the gateway."
  value       = aws_route53_record.host.name
}

output "certificate" {
  description = "The certificate of the host."
  value       = aws_acm_certificate.host.arn
}
