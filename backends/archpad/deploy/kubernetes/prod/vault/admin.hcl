# Made by `stead render` from backend.py: change that, or delete this line to own the file. [7147ff761bee599a]
path "auth/kubernetes/role/platform" {
  capabilities = ["create", "read", "update"]
}
path "sys/policies/acl/archpad-prod-*" {
  capabilities = ["create", "read", "update"]
}
path "identity/entity/name/archpad-prod-*" {
  capabilities = ["create", "read", "update"]
}
path "identity/entity-alias" {
  capabilities = ["create", "read", "update"]
}
path "identity/lookup/entity" {
  capabilities = ["create", "read", "update"]
}
path "sys/auth" {
  capabilities = ["read"]
}
