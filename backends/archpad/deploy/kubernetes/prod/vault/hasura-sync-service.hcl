# Made by `stead render` from backend.py: change that, or delete this line to own the file. [8a88ac211f0d8ed7]
path "kv/data/archpad/demo/hasura-secret" {
  capabilities = ["read"]
}
path "kv/data/archpad/demo/postgres" {
  capabilities = ["read"]
}
