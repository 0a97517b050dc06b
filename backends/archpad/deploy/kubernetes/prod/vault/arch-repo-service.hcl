# Made by `stead render` from backend.py: change that, or delete this line to own the file. [bf66927eac63e11b]
path "kv/data/archpad/demo/backend/arch-repo-service" {
  capabilities = ["read"]
}
path "kv/data/archpad/demo/backend/common" {
  capabilities = ["read"]
}
path "kv/data/archpad/demo/postgres" {
  capabilities = ["read"]
}
