# Made by `stead render` from backend.py: change that, or delete this line to own the file. [3b6a3e472ce42ab8]
variable "name" {
  description = "Begins the name of each object."
  type        = string
}

variable "cidr" {
  description = "The addresses of the network."
  type        = string
}
