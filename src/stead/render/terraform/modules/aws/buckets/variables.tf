variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "buckets" {
  description = "The buckets: the name, whether old versions stay, and after how many days an object ends (0: never)."
  type        = map(object({ name = string, versioned = bool, expire_days = number }))
}
