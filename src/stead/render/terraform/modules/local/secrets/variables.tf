variable "name" {
  description = "Whose secrets these are."
  type        = string
}

variable "secrets" {
  description = "The names of the secrets, as the ExternalSecrets ask for them; no value is said here."
  type        = set(string)
}
