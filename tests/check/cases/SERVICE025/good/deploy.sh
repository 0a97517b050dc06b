#!/bin/sh
set -eu
# kubectl apply -f apps/orders || true is how it was
for service in apps/*; do
    if [ ! -d "$service" ]; then
        echo "there is no $service"
        exit 1
    fi
    kubectl apply -f "$service"
done
