# Made by `stead render` from backend.py: change that, or delete this line to own the file. [3b0441054b8acacd]
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

variable "disk" {
  description = "The disk of each host, in GB."
  type        = number
}

variable "databases" {
  description = "The databases, each with a role of its own name."
  type        = set(string)
}
