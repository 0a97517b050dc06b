variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "cidr" {
  description = "The addresses of the network."
  type        = string
}
