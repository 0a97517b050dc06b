output "endpoint" {
  description = "Where the S3 server is reached."
  value       = "https://s3.${data.aws_region.here.region}.amazonaws.com"
}

output "names" {
  description = "By bucket, its name there."
  value       = { for name, each in aws_s3_bucket.own : name => each.bucket }
}
