variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "cidr" {
  description = "The addresses of the network."
  type        = string
}

variable "region" {
  description = "Where it is made, as the provider names it."
  type        = string
}
