# Made by `stead render` from backend.py: change that, or delete this line to own the file. [f751e2b7b1712330]
STEAD ?= stead
COMPOSE ?= docker compose
VERSION ?= $(shell git rev-parse --short HEAD 2>/dev/null || echo dev)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
SOURCE ?=
REGISTRY ?=
TAG ?= sha-$(VERSION)
HERE := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)
PREFIX := $(if $(REGISTRY),$(REGISTRY)/)archpad-
IMAGES := $(PREFIX)python:$(TAG)
BASES := $(foreach base,PYTHON_BASE UV_BASE,$(if $($(base)),--build-arg $(base)=$($(base))))
LABELS := $(foreach name,VERSION REVISION SOURCE,$(if $($(name)),--build-arg $(name)=$($(name))))
ENV_FILE := $(if $(wildcard $(HERE)/deploy/compose/.env.dev),--env-file .env.dev)
IN_DEV := cd $(HERE)/deploy/compose && $(COMPOSE) $(ENV_FILE) --file compose.yaml --file compose.dev.yaml

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build-images: ## build every image, as REGISTRY/NAME:TAG
	@docker build --file $(HERE)/deploy/docker/python.Dockerfile $(LABELS) $(BASES) --tag $(PREFIX)python:$(TAG) $(HERE)/../..

push-images: ## build every image, and push it to REGISTRY
	@test -n "$(REGISTRY)" || { echo "set the registry: make push-images REGISTRY=ghcr.io/you" >&2; exit 1; }
	@$(MAKE) --no-print-directory --file $(HERE)/deploy/make/stead.mk build-images
	@for image in $(IMAGES); do docker push "$$image" || exit 1; done

scan: ## scan every image for High and Critical vulnerabilities
	@if command -v trivy >/dev/null; then with() { trivy image --exit-code 1 --severity HIGH,CRITICAL "$$image"; }; elif command -v grype >/dev/null; then with() { grype --fail-on high "$$image"; }; else echo 'scan needs Trivy or Grype: https://trivy.dev or https://github.com/anchore/grype' >&2; exit 1; fi; for image in $(IMAGES); do with || exit 1; done

sbom: ## write the package list of every image to .stead/sbom/
	@mkdir -p $(HERE)/.stead/sbom
	@if command -v syft >/dev/null; then with() { syft "$$image" --output spdx-json="$$file"; }; elif command -v trivy >/dev/null; then with() { trivy image --format spdx-json --output "$$file" "$$image"; }; else echo 'sbom needs Syft or Trivy: https://github.com/anchore/syft or https://trivy.dev' >&2; exit 1; fi; for image in $(IMAGES); do file="$(HERE)/.stead/sbom/$$(basename "$$image" | tr : -).spdx.json"; with || exit 1; done

up-dev: ## run it in containers on this machine
	@$(STEAD) render $(HERE) --secrets dev
	@$(IN_DEV) up --detach --build --wait

up-dev-observability: ## the same, with Prometheus on :9090 and Grafana on :3000
	@$(STEAD) render $(HERE) --secrets dev
	@$(IN_DEV) --file ../observability/compose.yaml up --detach --build --wait

smoke: ## test the containers of up-dev
	@$(STEAD) smoke $(HERE) --containers

story: ## run story.py against the containers of up-dev
	@$(STEAD) story $(HERE) --containers

logs: ## follow the output of containers; SERVICE=… for one
	@$(IN_DEV) logs --follow --tail 100 $(SERVICE)

down: ## stop the containers of up-dev, and keep their data
	@$(IN_DEV) down --remove-orphans

up-stage: ## ship VERSION to staging on this machine; roll it back when it is unhealthy
	@$(STEAD) ship compose $(HERE) --env staging --version $(VERSION)

up-prod: ## ship VERSION to prod on this machine; roll it back when it is unhealthy
	@$(STEAD) ship compose $(HERE) --env prod --version $(VERSION)

backup: ## back up every database and bucket; ARGS=… for more
	@$(STEAD) backup $(HERE) $(ARGS)

restore: ## restore ARCHIVE; ARGS=--yes replaces present data
	@test -n "$(ARCHIVE)" || { echo "set the archive: make restore ARCHIVE=backups/…" >&2; exit 1; }
	@$(STEAD) restore $(ARCHIVE) $(HERE) $(ARGS)

check: ## find what is missing, broken or drifting
	@$(STEAD) check $(HERE)

render: ## render deploy/ again
	@$(STEAD) render $(HERE)

.PHONY: help build-images push-images scan sbom up-dev up-dev-observability smoke story logs down up-stage up-prod backup restore check render
