# Made by `stead render` from backend.py: change that, or delete this line to own the file. [fe559957e840a677]
path "kv/data/container-register" {
  capabilities = ["read"]
}
