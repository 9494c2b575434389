# The commands of the project; `make help` lists them. What needs the environment sets it up, once.

SCENARIO ?= baseline
OUT ?= .
VENV ?= .venv
# the address of a Dask scheduler, as tcp://host:8786: the draws of 04_robustness and of make sweep are made there
CLUSTER ?=
export CLUSTER
PYTHON3 ?= python3
UV ?= $(BIN)/uv

# one thread of linear algebra in each process: the same bytes everywhere, and no two processes in each other's way
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export VECLIB_MAXIMUM_THREADS := 1

# names of scenarios go into commands and paths: letters of any script, digits, - _ and . alone
ODD := $(shell cd notebooks/scenarios && ls -- *.yml | tr ' \t' '!!' | LC_ALL=C tr -d 'A-Za-z0-9_.\n\200-\377-')
$(if $(ODD),$(error rename the file in notebooks/scenarios with $(ODD) in its name; use letters, digits, -, _ and .))

# file names as words of a command, whatever they hold
quoted = $(foreach file,$(1),'$(subst ','\'',$(file))')

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
# stages that do not need one another run side by side, unless -j says otherwise; a make below this one shares its jobs
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --jobs=2
endif

# the commands of a build, and of the runs of this file that it begins, have one interpreter (fhi/running/server.py):
# its name is the number of this process, and the time
ifneq ($(origin FHI_BUILD),command line)
FHI_BUILD := $(shell echo $$PPID-$$(date +%s%N))
endif
SAME := --no-print-directory FHI_BUILD="$(FHI_BUILD)"

# goals named together run one after another, as in `make checksums report`: each by its own run of this file
ifneq ($(word 2,$(MAKECMDGOALS)),)
GOAL := $(firstword $(MAKECMDGOALS))
.PHONY: $(MAKECMDGOALS)
$(GOAL):
	@$(foreach goal,$(MAKECMDGOALS),$(MAKE) $(SAME) $(call quoted,$(goal)) &&) true
$(filter-out $(GOAL),$(MAKECMDGOALS)): $(GOAL)
	@true
else

# --- the environment: an active conda environment named fhi, else $(VENV) ---------------------------------
ifeq ($(CONDA_DEFAULT_ENV),fhi)
ENVIRONMENT := $(CONDA_PREFIX)
else
ENVIRONMENT := $(VENV)
endif
BIN := $(ENVIRONMENT)/bin
READY := $(ENVIRONMENT)/.fhi-ready
PYTHON := $(BIN)/python
# isolated: what stands in the folder or in PYTHONPATH takes the place of no module
COMMAND := -I .ci/fhi.py
# tests and benchmarks have the package of this checkout and nothing else of its folder, and so has what they begin
TESTING := PYTHONSAFEPATH=1 PYTHONPATH="$(CURDIR)/.ci"
FHI := FHI_OUT="$(OUT)" FHI_BUILD="$(FHI_BUILD)" "$(PYTHON)" $(COMMAND)

$(READY): requirements.lock
	@PYTHON3="$(PYTHON3)" sh .ci/setup.sh "$(ENVIRONMENT)"

# --- the stages: notebooks, what they write, and what they depend on --------------------------------------
P := $(OUT)/data/processed/$(SCENARIO)
R := $(OUT)/reports/$(SCENARIO)
N := $(R)/notebooks

# a stage whose output was deleted runs again although nothing is newer
missing = $(if $(filter-out $(wildcard $(1)),$(1)),FORCE)

# the files that a scenario is made of: its own, that of its base, that of the base of that, and the baseline's; a base
# that has no file, or a circle of them, is refused by name in `fhi check`
CHAIN := $(shell name='$(SCENARIO)'; seen=; while [ -f "notebooks/scenarios/$$name.yml" ]; do \
	case " $$seen " in (*" $$name "*) break;; esac; seen="$$seen $$name"; echo "notebooks/scenarios/$$name.yml"; \
	name=$$(sed -n "s/^[\"']*base[\"']* *: *[\"']*\([^ \"'\#]*\).*/\1/p" "notebooks/scenarios/$$name.yml" | head -n 1); done)
# the edition of a scenario; its folder says which stages there are, and no file of another edition bears on it
EDITION := $(firstword $(shell sed -n 's/^edition: *["'\'']*\([^"'\'' \#]*\).*/\1/p' $(CHAIN) \
	notebooks/scenarios/baseline.yml 2>/dev/null))
EDITIONS := $(patsubst data/raw/%/edition.yml,%,$(wildcard data/raw/*/edition.yml))
EDITED := $(wildcard data/raw/$(EDITION)/edition.yml)
FACTS := $(wildcard data/raw/$(EDITION)/facts.csv)
CLAIMS := $(wildcard data/raw/$(EDITION)/claims.csv)
# the words of the edition: read by 06_audit alone, so that a change of a sentence computes no index anew
WORDS := $(wildcard data/raw/$(EDITION)/findings.csv)
AUDIT := $(if $(CLAIMS)$(WORDS),06_audit)
RAW := $(filter-out data/raw/%/findings.csv $(patsubst %,data/raw/%/%,$(filter-out $(EDITION),$(EDITIONS))), \
	$(wildcard data/raw/*.csv data/raw/*/*.csv data/raw/*/*.geojson data/raw/*/edition.yml))
# what the catalogues list, the common one and that of the edition: a raw file that is gone is missed at ingestion
LISTED := $(foreach list,$(wildcard data/raw/sources.csv data/raw/$(EDITION)/sources.csv), \
	$(shell awk -F , 'NR > 1 { print "$(dir $(list))" $$2 }' $(list)))
# the code that each notebook and command uses, CODE_<name>, and the tables that each stage writes, OUTPUTS_<number>:
# listed anew when a module comes, goes or changes
MODULES := $(sort $(shell find fhi -name '*.py'))
IMPORTS := $(OUT)/.imports.mk
ifneq ($(filter-out clean clean-all help,$(MAKECMDGOALS)),)
include $(IMPORTS)
endif
$(IMPORTS): $(MODULES) fhi/codebook/tables.csv $(wildcard notebooks/*.ipynb) $(if $(filter-out $(MODULES),$(KNOWN)),FORCE)
	@mkdir -p "$(@D)" && "$(PYTHON3)" -I fhi/imports.py > "$@.$$$$" && mv "$@.$$$$" "$@"

# files that were altered after a stage wrote them are named, and the stage runs again; a report may be made from them
# with ACCEPT="scores.csv …", and says so
ACCEPT ?=
export ACCEPT
ifneq ($(filter-out clean clean-all help lint,$(MAKECMDGOALS)),)
ALTERED := $(if $(wildcard $(P)/stages),$(shell FHI_OUT='$(OUT)' ACCEPT=$(call quoted,$(ACCEPT)) "$(PYTHON3)" -S $(COMMAND) altered '$(SCENARIO)' $(if $(MAKE_RESTARTS),2>/dev/null)))
$(if $(filter stop,$(ALTERED)),$(error nothing was built))
endif
altered = $(if $(filter $(1),$(ALTERED)),FORCE)

LOCK := requirements.lock
OWN_CHAIN := $(filter-out notebooks/scenarios/baseline.yml,$(CHAIN))
# files of the staff's own, for a scenario that names some; a name may not hold what Make takes for its own signs
ifneq ($(if $(OWN_CHAIN),$(shell grep -s '^user_data:' $(OWN_CHAIN))),)
USER := $(foreach kind,csv xlsx,$(wildcard data/user/*.$(kind) data/user/*/*.$(kind)))
SIGNS := $(shell find data/user -name '*.csv' -o -name '*.xlsx' 2>/dev/null | LC_ALL=C tr -dc '$$;:\#%=|*?<>~\\`[]')
$(if $(SIGNS),$(error rename the file in data/user with $(SIGNS) in its name))
endif
JUDGEMENTS := $(wildcard notebooks/scenarios/*.csv notebooks/scenarios/*/*.csv notebooks/scenarios/*.py)
DRAWING := $(wildcard fhi/showing/assets/fonts/* fhi/showing/figures/*.csv data/raw/*/*.geojson) \
	$(addprefix fhi/showing/assets/report/,blocks.typ card.typ)

# the tables that a stage writes, as fhi/codebook/tables.csv lists them: always, or in an edition that has what they need
HAS := $(if $(FACTS),facts) $(if $(CLAIMS),claims) $(if $(WORDS),findings)
outputs = $(foreach name,$(OUTPUTS_$(1)) $(foreach word,$(HAS),$(OUTPUTS_$(1)_$(word))),$(P)/$(name).csv)

report: $(R)/manifest.json ## build everything for SCENARIO (default baseline): data, index, figures, page, PDFs
	@echo "$(R)/report.html is up to date"

$(P)/scenario.yml: notebooks/scenarios/$(SCENARIO).yml notebooks/scenarios/baseline.yml $(CHAIN) $(RAW) $(USER) \
		$(LOCK) $(filter-out fhi/engine/agreement.py,$(CODE_check)) $(JUDGEMENTS) $(call missing,$(LISTED)) $(call altered,check) | $(READY)
	@$(FHI) check "$(SCENARIO)"

# a scenario without a file is refused by name, with the nearest names, before anything runs
notebooks/scenarios/%.yml: | $(READY)
	@$(FHI) check "$*"

$(N)/01_ingestion.ipynb: notebooks/01_ingestion.ipynb $(RAW) $(LOCK) $(CODE_01_ingestion) $(USER) \
		$(call missing,$(call outputs,01) $(LISTED)) $(call altered,01_ingestion) | $(P)/scenario.yml
$(N)/02_indicators.ipynb: notebooks/02_indicators.ipynb $(N)/01_ingestion.ipynb $(P)/scenario.yml $(LOCK) $(CODE_02_indicators) \
		$(call missing,$(call outputs,02)) $(call altered,02_indicators)
$(N)/03_weighting.ipynb: notebooks/03_weighting.ipynb $(N)/02_indicators.ipynb $(P)/scenario.yml $(LOCK) $(CODE_03_weighting) \
		$(call missing,$(call outputs,03)) $(call altered,03_weighting)
$(N)/04_robustness.ipynb: notebooks/04_robustness.ipynb $(N)/01_ingestion.ipynb $(P)/scenario.yml $(EDITED) $(LOCK) $(CODE_04_robustness) \
		$(call missing,$(call outputs,04)) $(call altered,04_robustness)
$(N)/05_identification.ipynb: notebooks/05_identification.ipynb $(N)/01_ingestion.ipynb $(EDITED) $(LOCK) $(CODE_05_identification) \
		$(call missing,$(call outputs,05)) $(call altered,05_identification)
$(N)/06_audit.ipynb: notebooks/06_audit.ipynb $(N)/01_ingestion.ipynb $(WORDS) $(if $(WORDS),$(N)/03_weighting.ipynb \
		$(N)/04_robustness.ipynb $(if $(FACTS),$(N)/05_identification.ipynb)) $(LOCK) $(CODE_06_audit) \
		$(call missing,$(call outputs,06)) $(call altered,06_audit)
$(N)/07_charting.ipynb: notebooks/07_charting.ipynb $(N)/03_weighting.ipynb $(N)/04_robustness.ipynb \
		$(if $(FACTS),$(N)/05_identification.ipynb) $(AUDIT:%=$(N)/%.ipynb) $(DRAWING) $(LOCK) $(CODE_07_charting) \
		$(call missing,$(call outputs,07)) $(call altered,07_charting)

$(N)/lab.ipynb: notebooks/lab.ipynb $(RAW) $(USER) $(P)/scenario.yml $(LOCK) $(CODE_lab)

STAGES := 01_ingestion 02_indicators 03_weighting 04_robustness 05_identification 06_audit 07_charting
EXECUTED := $(STAGES:%=$(N)/%.ipynb)

# a stage that ran before, in whatever scenario, from the same content of its prerequisites and the same parameters is
# not run again: its results are taken over (fhi/running/reuse.py)
$(EXECUTED) $(N)/lab.ipynb: | $(READY)
	@$(FHI) run $(@F:.ipynb=) "$(SCENARIO)" $(call quoted,$(filter-out FORCE,$^))

# --- what readers get: one page, one PDF a language, and what they were made from -------------------------
REPORTING := $(N)/07_charting.ipynb $(LOCK)
PAGE := $(wildcard $(addprefix fhi/showing/assets/report/*.,j2 css js csv yml))
PDFS := $(R)/report.zh.pdf $(R)/report.en.pdf

$(R)/report.html: $(REPORTING) $(CODE_page) $(PAGE) $(call altered,page) | $(READY)
	@$(FHI) page "$(SCENARIO)"

# one command writes both
$(R)/report.zh.pdf: $(REPORTING) $(CODE_pdf) $(wildcard $(addprefix fhi/showing/assets/report/*.,typ yml csv)) $(call missing,$(PDFS)) $(call altered,pdf) | $(READY)
	@$(FHI) pdf "$(SCENARIO)"

$(R)/report.en.pdf: $(R)/report.zh.pdf ;

png: $(N)/07_charting.ipynb | $(READY) ## draw every figure of SCENARIO as PNG too, beside its SVG
	@$(FHI) png "$(SCENARIO)"

$(R)/manifest.json: $(R)/report.html $(PDFS) $(CODE_manifest) $(call missing,$(P)/datapackage.json) $(call altered,manifest) | $(READY)
	@$(FHI) manifest "$(SCENARIO)"

# --- scenarios against one another: each is built as far as its ranks, by its own run of this file ---------
# the base of the scenario, unless another is named
BASE ?= $(or $(basename $(notdir $(word 2,$(CHAIN)))),baseline)
RANKS = $(OUT)/reports/$(1)/notebooks/03_weighting.ipynb
TRIED = $(OUT)/.tried/$(1)
ALL := baseline $(filter-out baseline,$(basename $(notdir $(wildcard notebooks/scenarios/*.yml))))
COMPARED := $(R)/compare/$(BASE)/summary.txt
COMPARED_ALL := $(OUT)/reports/compare-all/summary.txt

ranks: $(call RANKS,$(SCENARIO)) ## build SCENARIO up to the ranking step

$(OUT)/reports/%/notebooks/03_weighting.ipynb: FORCE
	@$(MAKE) $(SAME) --silent SCENARIO="$*" ranks

# the baseline first, so that the others take over what is the same
$(foreach name,$(filter-out baseline $(SCENARIO),$(ALL)),$(call RANKS,$(name))): | $(call RANKS,baseline)
$(foreach name,$(filter-out baseline,$(ALL)),$(call TRIED,$(name))): | $(call TRIED,baseline)

compare: $(COMPARED) ## compare the ranks of SCENARIO with those of BASE (default: its base, else baseline), in text, tables and pictures
	@cat "$(COMPARED)"

# an earlier run of a scenario, as baseline@3, is in the history and not built
$(COMPARED): $(if $(findstring @,$(BASE)),,$(call RANKS,$(BASE))) $(call RANKS,$(SCENARIO)) $(LOCK) $(CODE_compare) $(CODE_compare_all) | $(READY)
	@$(FHI) compare "$(SCENARIO)" "$(BASE)"

why: | $(READY) ## say why each step of the last build of SCENARIO ran, was reused or was skipped
	@$(FHI) why "$(SCENARIO)"

history: | $(READY) ## list the earlier runs of SCENARIO; BASE=baseline@3 compares with the third
	@$(FHI) history "$(SCENARIO)"

# CHANGE="experience=2 normalisation=rank"; SAVE=name writes them as a scenario
try: | $(READY) ## preview the ranks after CHANGE="experience=2 normalisation=rank"; writes nothing, SAVE=name keeps it as a scenario
	@$(FHI) try --scenario "$(SCENARIO)" $(if $(SAVE),--save "$(SAVE)") -- $(call quoted,$(CHANGE))

compare-all: $(COMPARED_ALL) ## put the ranks of all scenarios side by side; fails at the end if one could not be built
	@cat "$(COMPARED_ALL)"; for name in $(ALL); do test ! -s "$(OUT)/.tried/$$name" || exit 1; done

$(COMPARED_ALL): $(foreach name,$(ALL),$(call TRIED,$(name))) $(call TRIED,.names) $(LOCK) $(CODE_compare) $(CODE_compare_all) | $(READY)
	@FHI_FAULTS="$(abspath $(OUT)/.tried)" $(FHI) compare-all $(ALL)

# --- the site: every built report as a folder that any web server can serve; ADDRESS=https://… is where it will stand ---
ADDRESS ?=

site: $(R)/manifest.json ## write all built reports as a static web site in the folder site (a page for each edition and unit)
	@$(FHI) site $(if $(ADDRESS),"$(ADDRESS)")

# which scenarios there are: as old as the last change of that
$(call TRIED,.names): FORCE
	@mkdir -p "$(@D)"; echo "$(ALL)" | cmp -s - "$@" || echo "$(ALL)" > "$@"

# what kept a scenario from being built, empty if nothing did; as new as its ranks
$(OUT)/.tried/%: FORCE
	@mkdir -p "$(@D)" && rm -f "$@.new"; ranks="$(call RANKS,$*)"; \
	FHI_FAULT="$(abspath $@.new)" $(MAKE) $(SAME) --silent SCENARIO="$*" ranks || test -s "$@.new" || \
	echo "it stopped; make ranks SCENARIO=$* says why" > "$@.new"; \
	touch "$@.new"; if cmp -s "$@.new" "$@" && ! test "$$ranks" -nt "$@"; then rm "$@.new"; else mv "$@.new" "$@"; fi

# --- the index as a workbook; python -m fhi import brings an edited one back -----------------------------
BOOK := $(R)/fhi-$(SCENARIO).xlsx

export: $(BOOK) ## write SCENARIO as a workbook, one sheet for each stage
	@echo "$(BOOK)"

$(BOOK): $(N)/03_weighting.ipynb $(LOCK) $(CODE_export) | $(READY)
	@$(FHI) export "$(SCENARIO)"

# --- the results against those committed: everything is built anew, in a folder where nothing can be taken over ---
FRESH := $(OUT)/.verify

verify: tests/expected/$(SCENARIO)/checksums.csv ## build SCENARIO afresh and compare it with tests/expected

expected: ## after an intended change of results: build SCENARIO afresh and write tests/expected

verify expected: $(READY)
	@rm -rf "$(FRESH)"
	@$(MAKE) $(SAME) OUT="$(FRESH)" report
	@FHI_OUT="$(FRESH)" "$(PYTHON)" $(COMMAND) $@ "$(SCENARIO)"
	@rm -rf "$(FRESH)"

tests/expected/%/checksums.csv:
	@echo "nothing is expected of $* yet; write it with: make expected SCENARIO=$*" >&2; exit 1

# --- the other commands -----------------------------------------------------------------------------------
check: lint ## check the style and run the tests that build nothing, with few cases each; for every change
	$(TESTING) "$(PYTHON)" -m pytest tests --quick

test: $(READY) ## run the tests, and the notebooks against their stored outputs
	$(TESTING) "$(PYTHON)" -m pytest

notebooks: $(EXECUTED) $(N)/lab.ipynb ## run the notebooks and store them with their outputs
	@$(FHI) refresh "$(SCENARIO)" $(STAGES) lab

sweep: $(N)/01_ingestion.ipynb $(P)/scenario.yml ## build every combination of the grid in SCENARIO: normalisation × weighting × …
	@$(FHI) sweep "$(SCENARIO)"

edition: $(READY) ## start the folder of a new edition from an earlier one: NAME=fhi2019 FROM=report2018
	@$(FHI) edition "$(NAME)" "$(or $(FROM),report2018)"

# Sphinx and MyST-NB are installed for this command alone (the extra docs of pyproject.toml), not into the environment
MANUAL := $(OUT)/reports/docs
SPHINX := -D extensions=myst_nb -D nb_execution_mode=off -D project="The Fintech Hub Index" -D html_title="The Fintech Hub Index" \
	-D html_theme_options.page_width=76em -D html_theme_options.body_max_width=none -D html_show_copyright=0 \
	-D highlight_language=none -D myst_heading_anchors=3 -D suppress_warnings=myst.xref_missing -D exclude_patterns=pictures

docs: $(READY) ## build the documentation as web pages in reports/docs; needs the package index
	@"$(UV)" run --quiet --no-project --python "$(PYTHON)" --with "sphinx>=8.2" --with "myst-nb>=1.3" \
		python -m sphinx -q -W -b html -C $(SPHINX) -d "$(MANUAL)/.doctrees" docs "$(MANUAL)" && echo "$(MANUAL)/index.html"

checksums: $(READY) ## after an intended change of a raw file: write its checksum into data/raw/sources.csv
	@$(FHI) checksums

readme: $(READY) ## write the generated parts of README, docs/ and data/raw/datapackage.json
	@$(FHI) readme

# what the lock has stays, but for what is named: UPGRADE=pandas, UPGRADE="pandas numpy", UPGRADE=all
UPGRADE ?=

lock: $(READY) ## resolve pyproject.toml into requirements.lock; UPGRADE=pandas (or all) takes its newest release
	"$(UV)" pip compile --quiet $(if $(filter all,$(UPGRADE)),--upgrade,$(UPGRADE:%=--upgrade-package %)) --universal --fork-strategy fewest --generate-hashes --no-emit-index-url \
		--python-version 3.11 --custom-compile-command "make lock" --extra cluster --extra develop pyproject.toml -o requirements.lock

audit: $(READY) ## measure every package of the lock (licence, size, releases) for docs/dependencies.md; needs the package index
	@$(FHI) audit

# each interpreter gets an environment of its own; what passes is noted with the day
PYTHONS ?=
MATRIX := $(OUT)/.matrix

matrix: $(READY) ## run the fast tests on PYTHONS="python3.12 python3.13" and resolve the lock for every system; needs the package index
	@tested=; for python in $(PYTHONS); do version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') && \
	PYTHON3="$$python" sh .ci/setup.sh "$(MATRIX)/$$version" && \
	$(TESTING) "$(MATRIX)/$$version/bin/python" -m pytest tests -m "not build and not slow" && tested="$$tested $$version"; done; $(FHI) matrix $$tested

lab: $(READY) ## open JupyterLab on the notebook for trying one change of SCENARIO
	@notebook=$$($(FHI) open-lab "$(SCENARIO)") && PYTHONPATH="$(CURDIR)/.ci" "$(BIN)/jupyter" lab "$$notebook"

bench: $(READY) ## time the steps; writes nothing
	@$(TESTING):"$(CURDIR)/tests" "$(PYTHON)" tests/bench.py

faults: $(READY) ## kill make report at KILLS moments (default 50) and break it in other ways; half an hour, as root on Linux
	@$(TESTING):"$(CURDIR)/tests" "$(PYTHON)" tests/faults.py

fuzz: $(READY) ## throw FUZZ_CASES (default 10000) random cells and files at the parsers, and try every cross product
	FUZZ_CASES=$(or $(FUZZ_CASES),10000) HYPOTHESIS_PROFILE=fuzz $(TESTING) "$(PYTHON)" -m pytest -m fuzz

# what the project ships: notebooks, methods and scripts of the staff's own may have any style
LINTED := .ci docs fhi tests $(STAGES:%=notebooks/%.ipynb) notebooks/lab.ipynb

lint: $(READY) ## check style and names
	@"$(BIN)/ruff" check $(LINTED) && "$(BIN)/ruff" format --check $(LINTED)

clean: ## remove what was built; the environment and the store of results stay
	rm -rf "$(OUT)/data/processed" "$(OUT)/reports" "$(OUT)/.timings" "$(OUT)/.checked" "$(OUT)/.tried" "$(IMPORTS)" "$(FRESH)"

clean-all: clean ## remove the store of results as well
	rm -rf "$(OUT)/.store"

help: ## list these commands
	@echo "make <command> [SCENARIO=name] [OUT=folder for the outputs] [VENV=folder of the environment] [CLUSTER=tcp://host:8786] [ACCEPT=altered files]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

FORCE:
.PHONY: report site png ranks compare compare-all export test notebooks sweep edition docs checksums readme lock audit matrix lab bench faults fuzz lint clean clean-all help verify expected FORCE

endif
