# make run: the lessons on the sample engagements.  make test: the tests.  Both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test test-all bench notebooks datasets clean

run: $(READY)
	$(BIN)/outsourcing-kit run

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadscope -m "not calibration" tests outsourcing_kit --doctest-modules
	$(BIN)/python -m pytest -n auto --dist loadscope -p no:cacheprovider --nbval --nbval-current-env notebooks

# The tests that need many simulated engagements as well.
test-all: $(READY)
	$(BIN)/python -m pytest -n auto --dist load -m calibration tests

bench: $(READY)
	$(BIN)/python -m benchmarks

# Execute the lessons again and store their outputs; write the sample engagements again.
notebooks: $(READY)
	$(BIN)/python -m outsourcing_kit.course.authoring

datasets: $(READY)
	$(BIN)/python -m outsourcing_kit.simulation

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found: $$($(PYTHON) --version). Mend: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $(READY)

clean:
	rm -rf $(VENV) out
