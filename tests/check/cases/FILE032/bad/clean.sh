#!/bin/sh
set -eu
kubectl delete namespace shop-prod  #! FILE032
