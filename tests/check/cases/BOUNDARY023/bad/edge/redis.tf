resource "azurerm_redis_cache" "shop" {
  minimum_tls_version = "1.0"  #! BOUNDARY023
}
