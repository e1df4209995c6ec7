# make run: the lessons on the sample engagements.  make test: the gates and the tests.  Both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OLDEST := .venv-oldest
PIP = -m pip install --quiet --disable-pip-version-check
# What $(1) locks, and with a third word the kit, into the environment $(2). A lock is whole, and --no-deps takes it at its
# word: no version is resolved, nothing outside of it is asked for. That the packages fit together is proved at the end.
define install
	@echo "installing $(1) into $(2): a minute or two without a word …"
	$(2)/bin/python $(PIP) --no-deps --require-hashes -r $(1)
	$(if $(3),$(2)/bin/python $(PIP) --no-deps --no-build-isolation -e .)
	@$(2)/bin/python -m pip check --disable-pip-version-check
endef
# Several things at once, the log of each in one piece where this make can do that.
together = $(MAKE) --no-print-directory --keep-going -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
WORKERS = auto
PYTEST = -m pytest -n $(WORKERS) --dist loadscope
# Everything but what needs seconds: real kernels, many simulated engagements, fresh environments.
QUICK = -m "not slow and not calibration and not fuzz and not packaging and not browser and not timed" \
	tests outsourcing_kit --doctest-modules
# What another version of Python, numpy, pandas, scipy or matplotlib can change, each once: the examples in docstrings;
# every public function with good and with spoilt tables; the five assessments, their words and pictures, on the samples
# and on random records; the samples byte for byte; statistics against their peers; whatever reads or checks a file. Left to
# `make test` is what asks that again with other numbers: rules, wording, limits, gates on the sources.
VERSIONS = -m "(not slow or slow(versions=True)) and not calibration and not fuzz and not timed" --doctest-modules outsourcing_kit \
	tests/stats tests/plots/test_plots_text.py tests/gates/test_gates_wrong_input.py \
	tests/readers tests/ask/test_ask_files.py tests/ask/test_ask_doors.py \
	$(addprefix tests/test_,$(addsuffix .py,contract datasets random_engagements showing business_case_sensitivity \
	business_case_options cells engagement folders frames habits left_out lists reading report settings tables text \
	validation workbook written zones))
# The course, which the oldest versions are installed without: there a newer Python can change how kernels are started,
# copied lessons opened and streams closed.
COURSE = $(addprefix tests/course/test_course_,running.py doctor.py lab.py handing_out.py parameters.py) tests/test_cli.py

.PHONY: run test test-all gates lessons test-packaging test-browser test-oldest test-newer test-on bench calibration notebooks datasets api lock clean

run: $(READY)
	$(BIN)/outsourcing-kit run

# With COVERED=--cov it counts the lines that ran too: a minute more.
test: $(READY)
	+$(together) gates lessons
	$(BIN)/python $(PYTEST) $(QUICK) $(COVERED)

# The stored lessons, run again: their outputs are what the code says now.
lessons: $(READY)
	$(BIN)/python $(PYTEST) -p no:cacheprovider --nbval --nbval-current-env notebooks

gates: $(READY)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

# The slower proofs: what is marked slow, many simulated engagements, spoilt files; then the wheel in fresh environments,
# a browser, oldest and newer versions, two at a time, each with one process: they wait for one another and for downloads.
# What the browser needs is there before, or the longest of the four would begin last.
test-all: $(READY) $(VENV)/.browser-ready
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "slow or calibration or fuzz" tests
	+$(together) WORKERS=0 test-browser test-newer test-oldest test-packaging

test-packaging: $(READY)
	$(BIN)/python -m pytest -m packaging tests/packaging

# The pages in a headless browser, and the core in WebAssembly.
test-browser: $(VENV)/.browser-ready
	$(BIN)/python -m pytest -m browser tests/browser

test-oldest: $(OLDEST)/.ready
	$(OLDEST)/bin/python $(PYTEST) -p no:cacheprovider $(VERSIONS) --ignore outsourcing_kit/course

# The newest Python. What lies between it and the oldest is not tried, to keep the whole under twenty minutes.
test-newer:
	@if found=$$(.ci/find-python 3.13); then \
		$(MAKE) --no-print-directory test-on VERSION=3.13 FOUND="$$found"; \
	else \
		echo "test-newer: skipped: no Python 3.13 runs here"; \
	fi

test-on: .venv-$(VERSION)/.ready
	.venv-$(VERSION)/bin/python $(PYTEST) -p no:cacheprovider $(VERSIONS) $(COURSE)

bench: $(READY)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m pytest -m timed tests

# What a verdict is worth: engagements of a known truth, and docs/CALIBRATION.md. Goes on where it was stopped (out/calibration).
calibration: $(READY)
	$(BIN)/python -m benchmarks.calibration $(if $(SEEDS),--seeds $(SEEDS))

# Execute the lessons again and store their outputs; write the sample engagements, the data dictionary and the API page again.
notebooks: $(READY)
	$(BIN)/python tests/notebooks/authoring.py

datasets: $(READY)
	$(BIN)/python -m outsourcing_kit.simulation
	$(BIN)/python -m tests.dictionary_page

api: $(READY)
	$(BIN)/python tests/gates/api_page.py

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found: $$($(PYTHON) --version). Mend: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(call install,requirements.lock,$(VENV),kit)
	@touch $@

# In the same environment, but only when it is asked for: it is 150 MB more to fetch.
$(VENV)/.browser-ready: $(READY) requirements-browser.lock
	$(call install,requirements-browser.lock,$(VENV))
	@touch $@

# No package is installed here: the tests import it from the folder they are started in.
$(OLDEST)/.ready: pyproject.toml requirements-oldest.lock
	@found=$$(.ci/find-python 3.11) || { echo "test-oldest needs Python 3.11, and none runs here. Mend: install it"; exit 1; }; \
	"$$found" -m venv --clear $(OLDEST)
	$(call install,requirements-oldest.lock,$(OLDEST))
	@touch $@

.venv-$(VERSION)/.ready: pyproject.toml requirements.lock
	"$(FOUND)" -m venv --clear .venv-$(VERSION)
	$(call install,requirements.lock,.venv-$(VERSION),kit)
	@touch $@

# Resolve the exact versions anew; needs pip-compile, of the package pip-tools (LOCK_WITH=path where it is not on PATH).
lock:
	$(PYTHON) .ci/lock.py

clean:
	rm -rf $(VENV) .venv-* out
