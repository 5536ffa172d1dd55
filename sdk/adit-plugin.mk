# SPDX-License-Identifier: MIT
# How a plugin outside of adit's own tree is built, tested and installed. A plugin's Makefile sets
#
#   PLUGIN     its name: PLUGIN.so and PLUGIN.conf
#   SOURCES    its .c files (default PLUGIN.c)
#   LIBS       pkg-config names of the libraries it links
#   RESOURCES  files that PLUGIN.conf names under [resources]
#
# and includes this file, whose place `pkg-config --variable=pluginmk adit` tells. CC, CFLAGS and ADIT may be set too.
ADIT_SHARE  := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
ADIT_PREFIX := $(abspath $(ADIT_SHARE)/../..)
ADIT        ?= $(ADIT_PREFIX)/bin/adit
SOURCES     ?= $(PLUGIN).c
CFLAGS      ?= -O2 -g
PKG_CONFIG  ?= pkg-config
CONFDIR     ?= $(or $(XDG_CONFIG_HOME),$(HOME)/.config)/adit/conf.d

ADIT_CFLAGS  := -std=c11 -Wall -Wextra -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -MMD -MP \
                -I$(ADIT_PREFIX)/include $(if $(LIBS),$(shell $(PKG_CONFIG) --cflags $(LIBS)))
ADIT_LDFLAGS := -shared -nostartfiles -Wl,-z,defs,-z,now,-z,relro,-z,noexecstack -Wl,--gc-sections,--as-needed \
                -Wl,--build-id -Wl,--hash-style=gnu -Wl,--version-script=$(ADIT_SHARE)/adit-plugin.map
ADIT_LDLIBS  := $(ADIT_PREFIX)/lib/libadit-sdk.a $(if $(LIBS),$(shell $(PKG_CONFIG) --libs $(LIBS))) -lm

.PHONY: all test expected install uninstall clean
all: $(PLUGIN).so
$(PLUGIN).so: $(SOURCES:.c=.o) $(ADIT_PREFIX)/lib/libadit-sdk.a
	$(CC) $(ADIT_LDFLAGS) $(LDFLAGS) -o $@ $(SOURCES:.c=.o) $(ADIT_LDLIBS)
	@chmod go-w $@ # adit loads nothing that others can write, and a umask of 002 lets a group
%.o: %.c
	$(CC) $(ADIT_CFLAGS) $(CFLAGS) -c $< -o $@
-include $(SOURCES:.c=.d)

# What extraction says of a sample, without what differs from one machine to the next. Status 1 says that a file did not
# pass, as a broken sample should not.
adit_extract = { $(ADIT) extract --conf-dir . --only $(PLUGIN) --no-cache --quiet --format ndjson $(1) || [ $$? = 1 ]; } \
               | sed -E 's/"path":"[^"]*",//; s/"size":[0-9]+,//; s/"mtime":("[^"]*"|[-0-9.]+),//'
SAMPLES := $(patsubst %.expected.json,%,$(wildcard *.expected.json))
test: all
	$(ADIT) validate $(PLUGIN).so $(PLUGIN).conf
	@[ -n "$(SAMPLES)" ] || { echo "test: there is no *.expected.json: write one with 'make expected'"; exit 1; }
	@failed=0; for s in $(SAMPLES); do \
	    $(call adit_extract,$$s) | diff -u $$s.expected.json - && echo "ok   $$s" || { echo "FAIL $$s"; failed=1; }; \
	done; exit $$failed
# Writes *.expected.json for every *.sample: read what it wrote before you believe it.
expected: all
	@for s in $(sort $(wildcard *.sample) $(SAMPLES)); do $(call adit_extract,$$s) > $$s.expected.json && cat $$s.expected.json; done

install: all
	install -d $(DESTDIR)$(CONFDIR)
	install -m 644 $(PLUGIN).so $(PLUGIN).conf $(RESOURCES) $(DESTDIR)$(CONFDIR)/
uninstall:
	rm -f $(addprefix $(DESTDIR)$(CONFDIR)/,$(PLUGIN).so $(PLUGIN).conf $(RESOURCES))
clean:
	rm -f $(PLUGIN).so $(SOURCES:.c=.o) $(SOURCES:.c=.d)
