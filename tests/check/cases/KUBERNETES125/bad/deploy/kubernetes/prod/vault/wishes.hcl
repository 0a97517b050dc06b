path "kv/data/shop/stock" {
  capabilities = ["read"]
}
