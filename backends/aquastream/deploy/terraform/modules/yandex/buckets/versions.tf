# Made by `stead render` from backend.py: change that, or delete this line to own the file. [afed167f0a3a973a]
terraform {
  required_version = ">= 1.11"

  required_providers {
    yandex = {
      source  = "yandex-cloud/yandex"
      version = "~> 0.150"
    }
  }
}
