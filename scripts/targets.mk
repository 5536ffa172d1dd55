# SPDX-License-Identifier: MIT
# Everything but compiling: set-up, demonstration, tests, installing, measuring. Included by the Makefile.
JOBS ?= $(shell nproc)
sub   = +@$(MAKE) --no-print-directory -O -j$(JOBS)

# make setup      install the Debian packages that are missing (scripts/packages.txt)
.PHONY: faults soak setup demo test check asan clang fuzz fuzzers fuzz-short fuzz-programs coverage bench oracles install uninstall sdk
setup:
	@scripts/setup

demo:
	@scripts/setup build run
	$(sub) VARIANT=$(VARIANT) all
	@scripts/demo $(B)

test:
	@scripts/setup build run test
	$(sub) VARIANT=dev WERROR=1 CC=gcc tests
	$(sub) VARIANT=asan WERROR=1 CC=gcc tests
	$(sub) VARIANT=clang WERROR=1 CC=clang tests
	$(sub) VARIANT=fuzz WERROR=1 fuzzers
	@scripts/run-tests --checks dev asan

# make check      this VARIANT's tests alone, without set-up
check: tests
	@scripts/run-tests $(VARIANT)

# make asan       all tests under AddressSanitizer and UndefinedBehaviorSanitizer, without set-up
asan:
	$(sub) VARIANT=asan check

# make clang      everything with clang, warnings are errors, and its tests
clang:
	$(sub) VARIANT=clang CC=clang WERROR=1 check

# make torture    each plugin on its samples, cut at every length, every byte changed, under the sanitizers; PLUGIN=NAME for one
.PHONY: torture
torture:
	$(sub) VARIANT=asan all build/asan/tests/plugins/test_torture
	@build/asan/tests/plugins/test_torture all $(PLUGIN)

# make malicious  every plugin on every file of a folder of hostile ones (FILES=DIR), under all locks and the sanitizers
FILES ?= ../shared/malicious/files
.PHONY: malicious
malicious:
	$(sub) VARIANT=asan all build/asan/tests/plugins/test_torture
	$(sub) VARIANT=dev all
	@build/asan/tests/plugins/test_torture over $(FILES)
	@scripts/malicious build/asan $(FILES)
	@scripts/malicious build/dev $(FILES)

# make fuzz TARGET=NAME TIME=SECONDS   tests/fuzz/fuzz_NAME.c, or the plugin of that name; new inputs go to build/fuzz/found/NAME
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_ALL  := $(patsubst tests/fuzz/fuzz_%.c,%,$(FUZZ_SRC))
FUZZ_PROG := $(patsubst tests/fuzz/fuzz_%.c,$(B)/fuzz/%,$(FUZZ_SRC))
TARGET    ?= $(FUZZ_ALL)
TIME      ?= 60
fuzz: fuzzers
	@for t in $(TARGET); do scripts/fuzz $$t $(TIME) || exit 1; done
fuzz-short: fuzzers
	@for t in $(FUZZ_ALL); do scripts/fuzz $$t 3 || exit 1; done
fuzzers:
	$(sub) VARIANT=fuzz CC=clang SANITIZE=address,undefined,fuzzer-no-link fuzz-programs
fuzz-programs: $(FUZZ_PROG) modules
$(B)/fuzz/%: $(B)/obj/tests/fuzz/fuzz_%.o $(B)/libtest.a $(B)/libhost.a $(B)/libvalidate.a $(B)/lib/libadit-sdk.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_EXE) -rdynamic -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(filter %.a,$^) $(HOST_LDLIBS) $(if $(call libs_of,tests/fuzz/fuzz_$*.c),$(shell $(PKG_CONFIG) --libs $(call libs_of,tests/fuzz/fuzz_$*.c))) -lm

# make hostile    every misbehaviour of a plugin: expected, got, time (scripts/hostile_rows.py); the locks, looked at from outside;
#                 every system call number: build/hostile-syscalls.tsv
.PHONY: hostile
hostile: all $(HOSTILE)
	@scripts/check-hostile --build $(B)
	@scripts/check-locks --build $(B)

# make coverage   which lines of host/ and validate/ the tests reach: build/coverage.txt
coverage:
	$(sub) VARIANT=coverage COVERAGE=1 tests
	@scripts/run-tests coverage || true
	@scripts/coverage build/coverage > build/coverage.txt && tail -n 1 build/coverage.txt
ifdef COVERAGE
$(B)/obj/host/%.o: CFLAGS = -O0 -g --coverage -fprofile-update=atomic
$(B)/obj/validate/%.o: CFLAGS = -O0 -g --coverage -fprofile-update=atomic
LDFLAGS_EXE += --coverage
endif

# make faults     every allocation, descriptor, write, … of adit fails in turn (minutes; FAULTS="--scenario extract --kind memory")
faults:
	$(sub) VARIANT=$(VARIANT) tests
	@scripts/faults --build $(B) $(FAULTS)

# make soak       KILLS=1000 SEED=1: adit's processes are killed at random moments; nothing may be lost, wrong or left
KILLS ?= 1000
SEED  ?= 1
soak:
	$(sub) VARIANT=$(VARIANT) tests
	@scripts/soak --build $(B) --kills $(KILLS) --seed $(SEED)

# make bench      BENCH_QUICK=1: a short one; CORPUS=DIR: over these files; the table goes to build/bench.json too
bench:
	@scripts/setup build run bench
	$(sub) VARIANT=$(VARIANT) all $(B)/tests/hostile/crash.so
	@scripts/bench-table $(VARIANT)
	@scripts/bench --build $(B) $(if $(BENCH_QUICK),--quick) $(if $(CORPUS),--corpus $(CORPUS))

# build/VARIANT is laid out like an installed prefix, so that `adit new` and its projects work from there too.
TEMPLATE := $(wildcard sdk/template/*)
SDK_FILES := $(patsubst sdk/template/%,$(B)/share/adit/template/%,$(TEMPLATE)) $(B)/lib/libadit-sdk.a \
            $(patsubst sdk/include/%,$(B)/include/%,$(wildcard sdk/include/adit/*.h)) $(B)/lib/pkgconfig/adit.pc \
            $(B)/share/adit/adit-plugin.mk $(B)/share/adit/adit-plugin.map
sdk: $(SDK_FILES)
# adit refuses what others could write, as they could under a umask of 002.
all: sdk
	@find $(B)/share $(B)/lib ! -type l -perm /022 -exec chmod go-w {} +
$(B)/include/%: sdk/include/%
	@mkdir -p $(@D)
	@cp $< $@
$(B)/lib/pkgconfig/adit.pc: sdk/adit.pc.in Makefile
	@mkdir -p $(@D)
	@sed -e 's|@VERSION@|$(VERSION)|' $< > $@
$(B)/share/adit/template/%: sdk/template/%
	@mkdir -p $(@D)
	@cp $< $@
$(B)/share/adit/adit-plugin.%: sdk/adit-plugin.%
	@mkdir -p $(@D)
	@cp $< $@

# make readers    slices as tar, flac, ffprobe, ffmpeg, soundfile and numpy read them, beside the recording
.PHONY: readers
readers:
	@scripts/setup build run bench
	$(sub) VARIANT=$(VARIANT) all
	@scripts/readers --build $(B)

# make oracles    what adit says of CORPUS (../shared/corpus) beside what other programs printed: types, then fields
CORPUS_DIR = $(if $(CORPUS),$(CORPUS),../shared/corpus)
oracles:
	$(sub) VARIANT=$(VARIANT) all
	@scripts/oracle-detect --adit $(B)/bin/adit --corpus $(CORPUS_DIR) --floor-kind 99.3 --floor 100
	@scripts/oracles --adit $(B)/bin/adit --corpus $(CORPUS_DIR) --floor tests/oracles/floor.tsv
	@scripts/oracle-imagehash --adit $(B)/bin/adit --corpus $(CORPUS_DIR) --floor tests/oracles/floor-imagehash.tsv

# make install    DESTDIR= PREFIX=/usr/local
D := $(DESTDIR)$(PREFIX)
COMPLETION := share/bash-completion/completions/adit
install: all
	install -d $(D)/bin $(D)/libexec/adit $(D)/lib/adit/modules $(D)/lib/pkgconfig $(D)/include/adit $(D)/share/adit/template
	install -d $(D)/share/man/man1 $(D)/share/man/man5 $(D)/share/man/man7 $(D)/share/doc/adit $(D)/$(dir $(COMPLETION))
	install -m 755 $(B)/bin/adit $(D)/bin/adit
	install -m 755 $(B)/libexec/adit/adit-zygote $(D)/libexec/adit/adit-zygote
	install -m 755 $(B)/libexec/adit/adit-check $(D)/libexec/adit/adit-check
	@for f in $(patsubst $(B)/%,%,$(MODULES) $(CONFS)); do echo install -m 644 $$f; install -D -m 644 $(B)/$$f $(D)/$$f || exit 1; done
	install -m 644 sdk/include/adit/*.h $(D)/include/adit/
	install -m 644 $(B)/lib/libadit-sdk.a $(D)/lib/libadit-sdk.a
	install -m 644 $(B)/lib/pkgconfig/adit.pc $(D)/lib/pkgconfig/
	install -m 644 sdk/adit-plugin.mk sdk/adit-plugin.map $(D)/share/adit/
	install -m 644 $(TEMPLATE) $(D)/share/adit/template/
	install -m 644 man/*.1 $(D)/share/man/man1/
	install -m 644 man/*.5 $(D)/share/man/man5/
	install -m 644 man/*.7 $(D)/share/man/man7/
	install -m 644 scripts/adit.bash-completion $(D)/$(COMPLETION)
	install -m 644 README.md PLUGINS.md SECURITY.md NEWS LICENSE $(D)/share/doc/adit/

# make uninstall  removes what install put there, and nothing else
uninstall:
	rm -rf $(D)/libexec/adit $(D)/lib/adit $(D)/include/adit $(D)/share/adit $(D)/share/doc/adit
	rm -f $(D)/bin/adit $(D)/lib/libadit-sdk.a $(D)/lib/pkgconfig/adit.pc $(D)/$(COMPLETION)
	rm -f $(foreach s,1 5 7,$(patsubst man/%,$(D)/share/man/man$(s)/%,$(wildcard man/*.$(s))))

-include scripts/validate.mk
