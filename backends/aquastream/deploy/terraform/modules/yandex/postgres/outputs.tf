# Made by `stead render` from backend.py: change that, or delete this line to own the file. [edbfcd85f8dd64c0]
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
