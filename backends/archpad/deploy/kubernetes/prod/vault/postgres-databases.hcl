# Made by `stead render` from backend.py: change that, or delete this line to own the file. [4c2c35e1343806cf]
path "kv/data/archpad/demo/backend/postgres-databases" {
  capabilities = ["read"]
}
path "kv/data/archpad/demo/postgres" {
  capabilities = ["read"]
}
