output "address" {
  description = "Where Redis is reached."
  value       = "c-${yandex_mdb_redis_cluster_v2.own.id}.rw.mdb.yandexcloud.net"
}

output "port" {
  description = "The port."
  value       = 6380
}
