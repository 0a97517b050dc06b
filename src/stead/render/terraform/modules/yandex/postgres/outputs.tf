output "address" {
  description = "Where PostgreSQL is reached."
  value       = "c-${yandex_mdb_postgresql_cluster.own.id}.rw.mdb.yandexcloud.net"
}

output "port" {
  description = "The port."
  value       = 6432
}

output "secrets" {
  description = "By database, where the password of its role is."
  value       = { for name, each in yandex_mdb_postgresql_user.owner : name => each.connection_manager }
}
