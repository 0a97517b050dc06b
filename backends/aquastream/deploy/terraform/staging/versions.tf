# Made by `stead render` from backend.py: change that, or delete this line to own the file. [9b83ee3d7609b5e8]
terraform {
  required_version = "~> 1.11"

  required_providers {
    yandex = {
      source  = "yandex-cloud/yandex"
      version = "~> 0.150"
    }
  }

  backend "s3" {
    bucket                      = "aquastream-terraform"
    key                         = "aquastream/staging.tfstate"
    region                      = "ru-central1"
    use_lockfile                = true
    encrypt                     = false
    skip_region_validation      = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_s3_checksum            = true

    endpoints = {
      s3 = "https://storage.yandexcloud.net"
    }
  }
}
