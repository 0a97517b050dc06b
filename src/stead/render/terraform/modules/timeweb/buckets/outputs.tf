output "endpoint" {
  description = "Where the S3 server is reached."
  value       = "https://${values(twc_s3_bucket.own)[0].hostname}"
}

output "names" {
  description = "By bucket, its name there."
  value       = { for name, each in twc_s3_bucket.own : name => each.full_name }
}
