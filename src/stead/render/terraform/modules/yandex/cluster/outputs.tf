output "endpoint" {
  description = "The API server of the cluster."
  value       = yandex_kubernetes_cluster.own.master[0].internal_v4_endpoint
}

output "name" {
  description = "The name of the cluster."
  value       = yandex_kubernetes_cluster.own.name
}
