variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "network_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "The subnets."
  type        = list(string)
}

variable "cidr" {
  description = "Who may connect: the addresses of the network."
  type        = string
}

variable "size" {
  description = "The size of each host."
  type        = string
}

variable "region" {
  description = "Where it is made, as the provider names it."
  type        = string
}
