module "network" {
  source = "git::https://git.example.com/modules.git//network?ref=main" #! TERRAFORM025
}
