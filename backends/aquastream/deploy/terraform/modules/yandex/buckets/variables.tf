# Made by `stead render` from backend.py: change that, or delete this line to own the file. [69e235b3071af130]
variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "buckets" {
  description = "The buckets: whether old versions stay, and after how many days an object ends (0: never)."
  type        = map(object({ versioned = bool, expire_days = number }))
}
