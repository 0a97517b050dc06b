output "endpoint" {
  description = "Where the S3 server is reached."
  value       = "https://storage.yandexcloud.net"
}

output "names" {
  description = "By bucket, its name there."
  value       = { for name, each in yandex_storage_bucket.own : name => each.bucket }
}
