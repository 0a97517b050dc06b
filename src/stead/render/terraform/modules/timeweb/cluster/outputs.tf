output "endpoint" {
  description = "The API server of the cluster."
  value       = nonsensitive(yamldecode(twc_k8s_cluster.own.kubeconfig).clusters[0].cluster.server)
}

output "name" {
  description = "The name of the cluster."
  value       = twc_k8s_cluster.own.name
}
