# Everything that is done to this project, one target each; CI calls the same ones.
PYTHON ?= python3
PATH_TO_BACKEND ?= backends/rewards
KILLS ?= 200
SECONDS ?= 600
ORDERS ?= 10
ROUNDS ?= 10
ENTRIES ?= 1000000
WORKERS ?= auto
UV := 0.13.8
SHELF := auth content crews events media notifications payments points referrals secrets sessions tokens users
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## install into .venv what the project needs

$(INSTALLED): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Stead needs Python 3.11 or later; name one: make PYTHON=python3.12 up"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(BIN)/uv sync --frozen --inexact --quiet --compile-bytecode
	@touch $@

up: $(INSTALLED) ## run the rewards backend on this machine
	@$(BIN)/stead up $(PATH_TO_BACKEND)

test: $(INSTALLED) ## run the tests, on two processes for each core, six at least; WORKERS=1 for one
	@$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

test-containers: $(INSTALLED) ## run rewards in containers, and ship to them; needs a Docker daemon
	@$(BIN)/pytest tests/containers/in_docker_*.py

test-cluster: $(INSTALLED) ## manifests, Vault and a node for real; programs of CLUSTER_BIN, or packed beside the checkout
	@$(BIN)/uv sync --frozen --inexact --group cluster --quiet
	@$(BIN)/pytest tests/cluster/in_cluster_*.py -m "not rollout"

test-rollout: $(INSTALLED) ## versions on a node while requests are sent, and Argo CD's controller; wants a quiet machine
	@$(BIN)/uv sync --frozen --inexact --group cluster --quiet
	@$(BIN)/pytest tests/cluster/in_cluster_*.py -m rollout

test-workers: $(INSTALLED) ## wrangler builds every Worker of rewards, and the compiler takes its TypeScript; needs npm
	@$(BIN)/pytest tests/workers/with_wrangler_*.py

lint: $(INSTALLED) ## ruff, and whether the code is formatted
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict
	@$(BIN)/mypy
	@$(BIN)/mypy campaign
	@for backend in backends/*/; do MYPYPATH=src:$$backend $(BIN)/mypy $$backend || exit 1; done

check: $(INSTALLED) ## hold the backends against everything around them
	@$(BIN)/stead check --strict backends/*/

openapi: $(INSTALLED) ## write each service's openapi.json
	@$(BIN)/python -m stead.kit.openapi $(addprefix stead.services.,$(SHELF))

checks-docs: $(INSTALLED) ## write the pages of the check's rules
	@$(BIN)/python -m stead.check.pages

reference: $(INSTALLED) ## write the reference of backend.py
	@$(BIN)/python -m stead.reference

wheel: $(INSTALLED) ## build the wheel into dist/
	@$(BIN)/uv build --wheel --quiet --out-dir dist

docs: $(INSTALLED) ## build the docs site into site/, strictly
	@$(BIN)/uv sync --frozen --inexact --group docs --quiet
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

render: $(INSTALLED) ## write every backend's deploy/ again
	@for backend in backends/*/; do $(BIN)/stead render $$backend || exit 1; done

lint-deploy: $(INSTALLED) ## put what is rendered before other people's checkers
	@$(BIN)/pytest tests/render/test_lint.py

campaign: $(INSTALLED) ## kill a backend's processes while its story plays: KILLS=200 SECONDS=600 DISK=MB
	@$(BIN)/python -m campaign $(PATH_TO_BACKEND) --kills $(KILLS) --seconds $(SECONDS) $(if $(DISK),--disk $(DISK))

orders: $(INSTALLED) ## start a backend's processes in random orders, and play its story each time: ORDERS=10
	@STEAD_TEST_ORDERS=$(ORDERS) $(BIN)/pytest tests/end_to_end/test_order.py

rounds: $(INSTALLED) ## kill a service of aquastream beside its story, round by round, and look for what is lost: ROUNDS=10
	@STEAD_TEST_ROUNDS=$(ROUNDS) $(BIN)/pytest tests/end_to_end/test_aquastream.py -k killed

ledger: $(INSTALLED) ## back a large ledger up, and restore it to equality: ENTRIES=1000000
	@STEAD_TEST_ENTRIES=$(ENTRIES) $(BIN)/pytest tests/ops/backup/test_ledger.py

corpus: $(INSTALLED) ## measure adopt and check on shapes of repositories: recall and precision
	@cd tests && ../$(BIN)/python -m corpus

bench: $(INSTALLED) ## measure against peers, side by side in one run
	@$(BIN)/python -m benchmarks $(ONLY)

.PHONY: wheel corpus campaign orders rounds ledger help install up test test-containers test-cluster test-rollout test-workers lint types check openapi checks-docs reference docs render lint-deploy bench
