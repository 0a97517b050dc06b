variable "name" {
  description = "Begins the name of each secret."
  type        = string
}

variable "secrets" {
  description = "The names of the secrets; no value is said here."
  type        = set(string)
}
