# Made by `stead render` from backend.py: change that, or delete this line to own the file. [5f50a4aac0434e4a]
path "kv/data/archpad/demo/backend/common" {
  capabilities = ["read"]
}
path "kv/data/archpad/demo/backend/tenant-service" {
  capabilities = ["read"]
}
path "kv/data/archpad/demo/postgres" {
  capabilities = ["read"]
}
