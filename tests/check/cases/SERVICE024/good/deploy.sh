#!/bin/sh
set -eu
for service in orders stock; do
    kubectl apply -f "apps/$service"
done
kubectl apply -f apps/mail
