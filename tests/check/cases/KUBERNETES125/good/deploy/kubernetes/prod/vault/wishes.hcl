path "kv/data/shop/wishes" {
  capabilities = ["read"]
}
