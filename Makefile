# The commands of the project; `make help` lists them. What needs the environment sets it up, once.

SCENARIO ?= baseline
OUT ?= .
VENV ?= .venv
PYTHON3 ?= python3
UV ?= $(BIN)/uv

# one thread of linear algebra in each process: the same bytes everywhere, and no two processes in each other's way
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# --- the environment: an active conda environment named fhi, else $(VENV) ---------------------------------
ifeq ($(CONDA_DEFAULT_ENV),fhi)
ENVIRONMENT := $(CONDA_PREFIX)
else
ENVIRONMENT := $(VENV)
endif
BIN := $(ENVIRONMENT)/bin
READY := $(ENVIRONMENT)/.fhi-ready
PYTHON := $(BIN)/python
FHI := FHI_OUT="$(OUT)" "$(PYTHON)" -m fhi

$(READY): requirements.lock
	@PYTHON3="$(PYTHON3)" sh .ci/setup.sh "$(ENVIRONMENT)"

# --- the stages: notebooks, what they write, and what they depend on --------------------------------------
P := $(OUT)/data/processed/$(SCENARIO)
R := $(OUT)/reports/$(SCENARIO)
N := $(R)/notebooks

RAW := $(wildcard data/raw/*.csv data/raw/*/*.csv data/raw/*/*.geojson)
CORE := requirements.lock $(addprefix fhi/,errors.py parameters.py files.py store.py framework.py) $(wildcard fhi/sources/*.py)
STEPS := $(addprefix fhi/,calling.py selection.py treatment.py index.py) \
	$(wildcard fhi/imputation/*.py fhi/normalisation/*.py fhi/weighting/*.py fhi/aggregation/*.py)
JUDGEMENTS := $(wildcard notebooks/scenarios/*.csv notebooks/scenarios/*/*.csv)
DRAWING := $(wildcard fhi/figures/*.py fhi/assets/fonts/*)

OUTPUTS_01 := $(addprefix $(P)/,panel.csv national_shares.csv)
OUTPUTS_02 := $(addprefix $(P)/,indicators.csv screening.csv coverage.csv treatment.csv normalised.csv)
OUTPUTS_03 := $(addprefix $(P)/,weights.csv unit_weights.csv scores.csv ranks.csv effects.csv rank_shifts.csv comparison.csv agreement.csv)
OUTPUTS_05 := $(addprefix $(P)/,bounds.csv weight_bounds.csv bounds_by_facts.csv weight_bounds_by_facts.csv gap_bounds.csv \
	weight_map.csv fact_influence.csv central_scores.csv central_weights.csv dropped_facts.csv)
OUTPUTS_06 := $(P)/claims.csv
OUTPUTS_07 := $(P)/figures.csv

# a stage whose output was deleted runs again although nothing is newer
missing = $(if $(filter-out $(wildcard $(1)),$(1)),FORCE)

report: $(R)/manifest.json ## build everything for SCENARIO (default baseline): data, index, figures, page, PDFs
	@echo "$(R)/report.html is up to date"

$(P)/scenario.yml: notebooks/scenarios/$(SCENARIO).yml notebooks/scenarios/baseline.yml data/raw/framework.csv \
		data/raw/cities.csv $(CORE) $(STEPS) $(JUDGEMENTS) | $(READY)
	@$(FHI) check "$(SCENARIO)"

# a scenario without a file is refused by name, with the nearest names, before anything runs
notebooks/scenarios/%.yml: | $(READY)
	@$(FHI) check "$*"

$(N)/01_ingestion.ipynb: notebooks/01_ingestion.ipynb $(RAW) $(CORE) fhi/construction.py \
		$(call missing,$(OUTPUTS_01)) | $(P)/scenario.yml
$(N)/02_indicators.ipynb: notebooks/02_indicators.ipynb $(N)/01_ingestion.ipynb $(P)/scenario.yml $(CORE) $(STEPS) \
		$(call missing,$(OUTPUTS_02))
$(N)/03_weighting.ipynb: notebooks/03_weighting.ipynb $(N)/02_indicators.ipynb $(P)/scenario.yml $(CORE) $(STEPS) \
		fhi/agreement.py fhi/effects.py $(call missing,$(OUTPUTS_03))
$(N)/05_identification.ipynb: notebooks/05_identification.ipynb $(N)/01_ingestion.ipynb $(CORE) \
		$(wildcard fhi/identification/*.py) $(call missing,$(OUTPUTS_05))
$(N)/06_audit.ipynb: notebooks/06_audit.ipynb $(N)/01_ingestion.ipynb $(CORE) fhi/construction.py \
		$(wildcard fhi/claims/*.py) $(call missing,$(OUTPUTS_06))
$(N)/07_charting.ipynb: notebooks/07_charting.ipynb $(N)/03_weighting.ipynb $(N)/05_identification.ipynb \
		$(N)/06_audit.ipynb $(DRAWING) $(CORE) \
		$(call missing,$(OUTPUTS_07))

STAGES := 01_ingestion 02_indicators 03_weighting 05_identification 06_audit 07_charting
EXECUTED := $(STAGES:%=$(N)/%.ipynb)

$(EXECUTED): | $(READY)
	@$(FHI) run $(@F:.ipynb=) "$(SCENARIO)"

# --- what readers get: one page, one PDF a language, and what they were made from -------------------------
REPORTING := $(N)/07_charting.ipynb $(wildcard fhi/report/*.py)
PAGE := $(wildcard $(addprefix fhi/assets/report/*.,j2 css js))
PDFS := $(R)/report.zh.pdf $(R)/report.en.pdf

$(R)/report.html: $(REPORTING) $(PAGE) | $(READY)
	@$(FHI) page "$(SCENARIO)"

# one command writes both
$(R)/report.zh.pdf: $(REPORTING) fhi/assets/report/document.typ $(call missing,$(PDFS)) | $(READY)
	@$(FHI) pdf "$(SCENARIO)"

$(R)/report.en.pdf: $(R)/report.zh.pdf ;

$(R)/manifest.json: $(R)/report.html $(PDFS) | $(READY)
	@$(FHI) manifest "$(SCENARIO)"

# --- the other commands -----------------------------------------------------------------------------------
test: $(READY) ## run the tests, and the notebooks against their stored outputs
	"$(PYTHON)" -m pytest

notebooks: $(EXECUTED) ## run the notebooks and store them with their outputs
	@$(FHI) refresh "$(SCENARIO)" $(STAGES)

checksums: $(READY) ## after an intended change of a raw file: write its checksum into data/raw/sources.csv
	@$(FHI) checksums

readme: $(READY) ## write the generated tables into README.md and data/raw/README.md
	@$(FHI) readme

lock: $(READY) ## resolve pyproject.toml anew into requirements.lock
	"$(UV)" pip compile --quiet --universal --fork-strategy fewest --generate-hashes --no-emit-index-url \
		--python-version 3.11 --custom-compile-command "make lock" --all-extras pyproject.toml -o requirements.lock

lab: $(READY) ## open JupyterLab on the notebooks
	"$(BIN)/jupyter" lab notebooks

bench: $(READY) ## time the steps; writes nothing
	@"$(PYTHON)" tests/bench.py

lint: $(READY) ## check style and names
	"$(BIN)/ruff" check . && "$(BIN)/ruff" format --check .

clean: ## remove what was built (the environment stays)
	rm -rf "$(OUT)/data/processed" "$(OUT)/reports" "$(OUT)/.timings"

help: ## list these commands
	@echo "make <command> [SCENARIO=name] [OUT=folder for the outputs] [VENV=folder of the environment]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

FORCE:
.PHONY: report test notebooks checksums readme lock lab bench lint clean help FORCE
