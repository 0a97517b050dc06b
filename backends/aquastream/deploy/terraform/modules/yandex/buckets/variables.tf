# Made by `stead render` from backend.py: change that, or delete this line to own the file. [48c66d2212a1fadc]
variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "buckets" {
  description = "The buckets: the name, whether old versions stay, and after how many days an object ends (0: never)."
  type        = map(object({ name = string, versioned = bool, expire_days = number }))
}
