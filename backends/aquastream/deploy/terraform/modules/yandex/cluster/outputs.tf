# Made by `stead render` from backend.py: change that, or delete this line to own the file. [5340379d96d46e2c]
output "endpoint" {
  description = "The API server of the cluster."
  value       = yandex_kubernetes_cluster.own.master[0].internal_v4_endpoint
}

output "name" {
  description = "The name of the cluster."
  value       = yandex_kubernetes_cluster.own.name
}
