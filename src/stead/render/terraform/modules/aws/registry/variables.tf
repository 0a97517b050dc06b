variable "name" {
  description = "The name of the registry."
  type        = string
}
