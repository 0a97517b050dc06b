# Made by `stead render` from backend.py: change that, or delete this line to own the file. [d9cb1039a58869e6]
output "endpoint" {
  description = "Where the S3 server is reached."
  value       = "https://storage.yandexcloud.net"
}

output "names" {
  description = "By bucket, its name there."
  value       = { for name, each in yandex_storage_bucket.own : name => each.bucket }
}
