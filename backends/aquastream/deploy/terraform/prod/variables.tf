# Made by `stead render` from backend.py: change that, or delete this line to own the file. [bd1556dd278d95d8]
variable "postgres_size" {
  description = "The size of each host of PostgreSQL."
  type        = string
  default     = "s3-c2-m8"
  nullable    = false
}

variable "postgres_disk" {
  description = "The disk of each host of PostgreSQL, in GB."
  type        = number
  default     = 20
  nullable    = false
}

variable "cluster_size" {
  description = "The size, or the platform, of each node."
  type        = string
  default     = "standard-v3"
  nullable    = false
}

variable "cluster_nodes" {
  description = "The number of nodes of the cluster."
  type        = number
  default     = 3
  nullable    = false
}

variable "address" {
  description = "The address of the cluster's Gateway, for the host's DNS record."
  type        = string
  nullable    = false
}
