resource "yandex_container_registry" "own" {
  name = var.name
}
