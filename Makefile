# SPDX-License-Identifier: MIT
# make            build everything under build/dev (build/adit is the program)
# make demo       set up, build, and extract from the sample files
# make test       set up, build and run all tests, plainly and under AddressSanitizer + UndefinedBehaviorSanitizer
# make help       every target
#
# VARIANT=dev|asan|release|NAME, CC=gcc|clang, WERROR=1 (warnings are errors), SANITIZE=address,undefined
MAKEFLAGS += -r
SHELL      := /bin/bash
VERSION    := 0.1.0
VARIANT    ?= dev
ifeq ($(origin CC),default)
CC         := gcc
endif
ifeq ($(VARIANT),asan)
SANITIZE   ?= address,undefined
endif
comma      := ,
PREFIX     ?= /usr/local
DESTDIR    ?=
PKG_CONFIG ?= pkg-config

B   := build/$(VARIANT)
OPT ?= $(if $(SANITIZE),-O1,-O2)
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 $(if $(WERROR),-Werror)
SAN := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DADIT_SANITIZED=1)
HARDEN := -fstack-protector-strong $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
CFLAGS ?= $(OPT) -g
BASE_FLAGS = -std=c11 $(CFLAGS) $(WARN) $(HARDEN) $(SAN) -MMD -MP -DADIT_VERSION='"$(VERSION)"'

HOST_LIBS   := inih sqlite3 liblz4 libseccomp nettle
HOST_CFLAGS := -D_GNU_SOURCE -Ihost -Ivalidate -Isdk/include $(shell $(PKG_CONFIG) --cflags $(HOST_LIBS) 2>/dev/null) -fPIE
HOST_LDLIBS := $(shell $(PKG_CONFIG) --libs $(HOST_LIBS) 2>/dev/null) -ldl
LDFLAGS_EXE := $(SAN) -pie -Wl,-z,relro,-z,now

MODULE_CFLAGS  := -Isdk/include -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections
# clang keeps its sanitizers in the program: modules find them there.
MODULE_LDFLAGS := -shared -nostartfiles $(if $(findstring clang,$(CC)),$(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs),-Wl$(comma)-z$(comma)defs) -Wl,-z,now,-z,relro,-z,noexecstack -Wl,--gc-sections,--as-needed \
                  -Wl,--build-id -Wl,--hash-style=gnu -Wl,--version-script=sdk/adit-plugin.map $(SAN)

PROGRAM_SRC  := host/main.c host/zygote_main.c host/check_main.c
HOST_SRC     := $(filter-out $(PROGRAM_SRC),$(wildcard host/*.c host/base/*.c))
VALIDATE_SRC := $(wildcard validate/*.c)
SDK_SRC      := $(wildcard sdk/lib/*.c)
MODULE_SRC   := $(wildcard plugins/*/*.c)
CONF_SRC     := $(wildcard conf.d/*/*.conf)
RESOURCE_SRC := $(filter-out %.conf,$(wildcard conf.d/*/*.*))
SUPPORT_SRC  := $(wildcard tests/support/*.c)
TEST_SRC     := $(wildcard tests/*/test_*.c tests/*/*/test_*.c tests/*/*/*/test_*.c)
HOSTILE_SRC  := $(wildcard tests/hostile/*.c)
PRELOAD_SRC  := $(wildcard tests/preload/*.c)

obj = $(patsubst %.c,$(B)/obj/%.o,$(1))
# A plugin names the libraries it links in a comment of its own: /* libraries: zlib nettle */
libs_of = $(shell sed -n 's|^/\* libraries: *\(.*[^ ]\) *\*/$$|\1|p' $(1))

# A module whose library is not installed is left out, and its .conf with it. (Targets that compile in a make of their own
# may run before pkg-config is there.)
building := $(filter-out setup demo test asan clang faults soak torture fuzz fuzz-short fuzzers coverage bench readers oracles clean help uninstall,$(or $(MAKECMDGOALS),all))
skipped := $(if $(building),$(foreach m,$(MODULE_SRC),$(if $(call libs_of,$(m)),$(shell $(PKG_CONFIG) --exists $(call libs_of,$(m)) || echo $(m)))))
$(foreach m,$(skipped),$(info skipping $(m): pkg-config does not find $(call libs_of,$(m)): run scripts/setup))
MODULES := $(patsubst plugins/%.c,$(B)/lib/adit/modules/%.so,$(filter-out $(skipped),$(MODULE_SRC)))
CONFS   := $(patsubst conf.d/%,$(B)/share/adit/conf.d/%,$(filter-out $(patsubst plugins/%.c,conf.d/%.conf,$(skipped)),$(CONF_SRC)) $(RESOURCE_SRC))
HOSTILE := $(patsubst tests/hostile/%.c,$(B)/tests/hostile/%.so,$(HOSTILE_SRC))
TESTS   := $(patsubst tests/%.c,$(B)/tests/%,$(TEST_SRC))
PRELOAD := $(patsubst tests/%.c,$(B)/tests/%.so,$(PRELOAD_SRC))

.DEFAULT_GOAL := all
.PHONY: all modules tests programs clean help FORCE
all: programs modules build/adit
programs: $(B)/bin/adit $(B)/libexec/adit/adit-zygote $(B)/libexec/adit/adit-check
modules: $(MODULES) $(CONFS)
TOOLS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/tools/*.c))
.PHONY: tools
tools: $(TOOLS)
tests: all $(TESTS) $(TOOLS) $(HOSTILE) $(PRELOAD)

# The stamp changes when a flag does, so that everything is compiled again.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(BASE_FLAGS) $(HOST_CFLAGS) $(MODULE_CFLAGS) $(MODULE_LDFLAGS)' | cmp -s - $@ || echo '$(CC) $(BASE_FLAGS) $(HOST_CFLAGS) $(MODULE_CFLAGS) $(MODULE_LDFLAGS)' > $@

$(B)/obj/host/%.o: host/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) $(HOST_CFLAGS) -c $< -o $@
$(B)/obj/validate/%.o: validate/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) -Isdk/include -fPIE -c $< -o $@
$(B)/obj/sdk/lib/%.o: sdk/lib/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) $(MODULE_CFLAGS) -c $< -o $@
$(B)/obj/plugins/%.o: plugins/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) $(MODULE_CFLAGS) -Iplugins $(if $(call libs_of,$<),$(shell $(PKG_CONFIG) --cflags $(call libs_of,$<))) -c $< -o $@
$(B)/obj/tests/hostile/%.o: tests/hostile/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) -D_GNU_SOURCE $(MODULE_CFLAGS) -Ihost -c $< -o $@
$(B)/obj/tests/%.o: tests/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(BASE_FLAGS) $(HOST_CFLAGS) -Itests/support -DBUILD_DIR='"$(B)"' -c $< -o $@

$(B)/libhost.a: $(call obj,$(HOST_SRC))
$(B)/libvalidate.a: $(call obj,$(VALIDATE_SRC))
$(B)/lib/libadit-sdk.a: $(call obj,$(SDK_SRC))
$(B)/libtest.a: $(call obj,$(SUPPORT_SRC))
$(B)/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	ar rcsD $@ $^

$(B)/bin/adit: $(B)/obj/host/main.o $(B)/libhost.a $(B)/libvalidate.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_EXE) -o $@ $^ $(HOST_LDLIBS)
# Only what the locked processes need: libc and the dynamic loader.
$(B)/libexec/adit/adit-%: $(B)/obj/host/%_main.o $(B)/libhost.a $(B)/libvalidate.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_EXE) -Wl,--gc-sections -o $@ $^ -ldl
$(B)/lib/adit/modules/%.so: $(B)/obj/plugins/%.o $(B)/lib/libadit-sdk.a sdk/adit-plugin.map
	@mkdir -p $(@D)
	$(CC) $(MODULE_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(if $(call libs_of,plugins/$*.c),$(shell $(PKG_CONFIG) --libs $(call libs_of,plugins/$*.c))) -lm
$(B)/tests/hostile/%.so: $(B)/obj/tests/hostile/%.o $(B)/lib/libadit-sdk.a sdk/adit-plugin.map
	@mkdir -p $(@D)
	$(CC) $(MODULE_LDFLAGS) -o $@ $(filter %.o %.a,$^)
# Sanitized modules have constructors: their .conf says so, as any module's must.
$(B)/share/adit/conf.d/%.conf: conf.d/%.conf $(B)/flags
	@mkdir -p $(@D)
	@cp $< $@ $(if $(SANITIZE),&& { grep -q '^\[module\]' $@ || printf '\n[module]\n' >> $@; } && sed -i '/^\[module\]/a constructors = yes' $@)
$(B)/share/adit/conf.d/%: conf.d/%
	@mkdir -p $(@D)
	@cp $< $@
# Never sanitized: a sanitizer's own functions are what it stands in front of.
$(B)/tests/preload/%.so: tests/preload/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE -O1 -g $(WARN) -fno-builtin -fPIC -shared -o $@ $<
$(B)/tests/%: $(B)/obj/tests/%.o $(B)/libtest.a $(B)/libhost.a $(B)/libvalidate.a $(B)/lib/libadit-sdk.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_EXE) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(HOST_LDLIBS) $(if $(call libs_of,tests/$*.c),$(shell $(PKG_CONFIG) --libs $(call libs_of,tests/$*.c))) -lcmocka -lm
# Programs whose engine has its pool in their own process.
$(B)/tests/plugins/test_torture $(B)/fuzz/plugin: $(B)/obj/tests/inline/pool.o
.PRECIOUS: $(B)/obj/%.o

build/adit: $(B)/bin/adit
	@ln -sfn $(VARIANT)/bin/adit $@

clean:
	rm -rf build

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile scripts/targets.mk
	@sed -n 's/^# \(VARIANT=.*\)/\n\1/p' Makefile

-include scripts/targets.mk
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
