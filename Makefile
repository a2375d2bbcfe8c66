# Clearday. `make run` and `make test` do all the set-up on a Debian machine with Go and Node.

GO      ?= go
DATA    ?= ./data
NODE    ?= node
export CLEARDAY_DATA ?= $(DATA)

.PHONY: run build test check bench dev assets fuzz clean

## run: set up, build and start the demo on port 8080
run: build
	bin/clearday serve --demo

## build: leaves bin/clearday
build: assets packages-run
	$(GO) build -trimpath -ldflags='-s -w' -o bin/clearday ./cmd/clearday

## dev: build without the example partnership, start
dev: build
	bin/clearday serve

## test: everything that can be tested, with PostgreSQL, Redis and Chromium
test: assets packages-test
	CLEARDAY_TEST_PICTURES=$${CLEARDAY_TEST_PICTURES--} .ci/with-postgres .ci/with-redis $(GO) test -race -shuffle=on -timeout 45m ./...

## check: what CI checks beside the tests
check: assets
	test -z "$$(gofmt -l cmd livestream papers search server static)"
	$(GO) vet ./...
	$(GO) mod tidy -diff
	.ci/lint
	$(NODE) static/check-contrast.mjs

## bench: measure, and write bench.md
bench: build packages-test
	@.ci/packages strace:strace
	$(GO) build -trimpath -o bin/clearday-bench ./cmd/clearday-bench
	.ci/with-postgres bin/clearday-bench -clearday bin/clearday -out bench.md

## fuzz: each fuzz target for a little while
fuzz: assets
	.ci/fuzz

assets: static/node_modules/.package-lock.json
	$(NODE) static/build.mjs

static/node_modules/.package-lock.json: static/package.json static/package-lock.json
	cd static && npm ci --no-audit --no-fund
	touch $@

# What turns Office files into PDFs and reads scans. The program runs without, and says at the desk what it cannot take.
OFFICE := libreoffice-writer-nogui:/usr/lib/libreoffice/program/libswlo.so libreoffice-calc-nogui:/usr/lib/libreoffice/program/libsclo.so \
	libreoffice-impress-nogui:/usr/lib/libreoffice/program/libsdlo.so ocrmypdf:ocrmypdf tesseract-ocr-eng:tesseract

.PHONY: packages-run packages-test packages-office
## packages-office: install what Office files and scans need, for running as for testing
packages-office:
	@.ci/packages $(OFFICE)

packages-run:
	@.ci/packages poppler-utils:pdftotext qpdf:qpdf util-linux:prlimit

packages-test:
	@.ci/packages poppler-utils:pdftotext util-linux:prlimit chromium:chromium ffmpeg:ffmpeg qpdf:qpdf postgresql:/usr/lib/postgresql/15/bin/postgres redis-server:redis-server fonts-liberation:/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf gcc:gcc $(OFFICE)

clean:
	rm -rf bin static/dist/* static/node_modules
