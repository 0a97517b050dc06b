# Made by `stead render` from backend.py: change that, or delete this line to own the file. [a5db0433eff0118f]
variable "name" {
  description = "The name of the cluster."
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

variable "size" {
  description = "The size of each node."
  type        = string
}

variable "nodes" {
  description = "How many nodes there are."
  type        = number
}
