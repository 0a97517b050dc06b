#!/bin/sh
# Deploys one service, which is named.
set -eu
kubectl set image "deployment/$1" "$1=registry.example.com/shop/$1@$DIGEST"
kubectl rollout status "deployment/$1"
