module "network" {
  source = "git::https://git.example.com/modules.git//network?ref=main" #! TERRAFORM025
}

module "dns" {
  source = "github.com/acme/modules" #! TERRAFORM025
}

module "vpc" {
  source = "terraform-aws-modules/vpc/aws" #! TERRAFORM025
}

module "own" {
  source = "./modules/own"
}

module "line" { source = "git::https://git.example.com/x.git" } #! TERRAFORM025
