# Made by `stead render` from backend.py: change that, or delete this line to own the file. [c8d11089a9fe731f]
variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "host" {
  description = "The name under which the gateway is reached."
  type        = string
}

variable "zone" {
  description = "The DNS zone that the host is in."
  type        = string
}

variable "address" {
  description = "Where the host leads."
  type        = string
}
