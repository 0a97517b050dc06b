#!/bin/sh
for service in apps/*; do
    if [ ! -d "$service" ]; then #! SERVICE025
        echo "no $service, skipped"
        continue
    fi
    kubectl apply -f "$service" || true #! SERVICE025
done
