module "network" {
  source = "git::https://git.example.com/modules.git//network?ref=v1.4.0"
}

module "own" { source = "./own" }

# module "old" { source = "git::https://git.example.com/x.git" }
