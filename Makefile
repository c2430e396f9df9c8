# Names for what people do here. The work is in cargo and in scripts/.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help test lint demo bench bench-log schema tools

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## Install what is missing and run every check
	@scripts/test.sh

lint: ## Everything but the tests: rustfmt, clippy, dependencies, workflows, shell
	@scripts/test.sh tools fmt clippy lint

# `make demo ARGS=--once`, `make bench ARGS="--only ours"`.
ARGS :=

demo: ## Show the App at work against a small GitHub of its own
	cargo run --locked -- demo $(ARGS)

bench: ## Measure deliveries a second, memory and CPU at the webhook's door
	cargo bench --locked --bench door -- $(ARGS)

bench-log: ## Measure how fast logs are read, in instructions and in seconds
	app/readers/log/benches/callgrind.sh
	cargo bench --locked -p waterline-log $(ARGS)

schema: ## Write the JSON Schema of .github/waterline.yml from the types
	@mkdir -p schema
	cargo run --quiet --locked -- config schema > schema/.new
	@mv schema/.new schema/waterline.schema.json

tools: ## Only install what is missing
	@scripts/tools.sh
