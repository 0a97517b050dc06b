# Made by `stead render` from backend.py: change that, or delete this line to own the file. [43feaf2203a638e0]
path "kv/data/archpad/demo/backend/api-gateway" {
  capabilities = ["read"]
}
