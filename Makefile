# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the fw-tools authors
# make            builds all programs, their completions and the test helpers, in build/
# make programs   the programs alone
# make check      build and run all tests        make SAN=1 check   the same with sanitizers, in build-san/
# make prove      the tests that take long: fw-trace, the samples, loads and boots against kernels
# make fuzz       each fuzzer for FUZZ_SECONDS, 600 if not set
# make bench      the benchmarks, as ratios      make lint          layers, sizes, names, options, manuals
# make manual     write the lists of findings in man/fw-diagnostics.7 from common/diag/findings.def
# make install    PREFIX, DESTDIR and the directories below; it enables nothing
# make uninstall  removes what install made; DESTDIR, and DATADIR or PREFIX, must be the same
# make dist       packs the source of the last commit as fw-tools-VERSION.tar.gz
# make clean
#
# CC, CPPFLAGS, CFLAGS, LDFLAGS and LDLIBS belong to the caller, on the command line or in the environment. They
# follow the flags that this file sets, so they add to or override single flags, and never replace all of them.

VERSION    = 0.1.0
PREFIX    ?= /usr/local
SBINDIR   ?= $(PREFIX)/sbin
MANDIR    ?= $(PREFIX)/share/man
DATADIR   ?= $(PREFIX)/share/fw-tools
PKG_CONFIG ?= pkg-config
INSTALL   ?= install

# Completions go where the shells look for them. Everything else from share/ goes below DATADIR, where no program
# reads it, unless a packager sets its directory. Setting a directory to nothing leaves its files out.
BASHCOMPDIR     ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR      ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR     ?= $(PREFIX)/share/fish/vendor_completions.d
UNITDIR         ?= $(DATADIR)/systemd
OPENRCDIR       ?= $(DATADIR)/openrc
CRONDIR         ?= $(DATADIR)/cron.d
RSYSLOGDIR      ?= $(DATADIR)/rsyslog
NAGIOSDIR       ?= $(DATADIR)/nagios
PROMETHEUSDIR   ?= $(DATADIR)/prometheus
NPDDIR          ?= $(DATADIR)/node-problem-detector
NFPERSISTENTDIR ?= $(DATADIR)/netfilter-persistent
MODULESLOADDIR  ?= $(DATADIR)/modules-load.d
SYSCTLDIR       ?= $(DATADIR)/sysctl.d
# The list of what was installed, which uninstall reads.
MANIFEST        ?= $(DATADIR)/manifest

SAN       ?=
B          = build$(if $(SAN),-san)
TOOLS      = $(patsubst cmd/%.c,%,$(sort $(wildcard cmd/fw-*.c cmd/ct-*.c)))

# quoted TEXT: as one word for the shell.
quoted     = '$(subst ','\'',$(1))'

# PROBED: the hardening flags that this compiler accepts together with the caller's flags.
ifeq ($(SAN),)
ifneq ($(filter-out clean dist fuzz uninstall,$(or $(MAKECMDGOALS),all)),)
PROBED    := $(shell scripts/probe-flags $(call quoted,$(CC)) $(call quoted,$(CPPFLAGS) $(CFLAGS) $(LDFLAGS)))
endif
endif
WARN       = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
	     -Wpointer-arith -Wcast-qual -Wformat=2 -Wundef -Werror=implicit-function-declaration
# Leave the folder's name out of the programs, so that two folders build the same ones. gcc takes the name from PWD.
export PWD := $(CURDIR)
PREFIX_MAP = $(call quoted,-ffile-prefix-map=$(CURDIR)=.)
# 64 bits for file sizes and times on 32-bit machines too.
OUR_CPPFLAGS = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DFW_VERSION='"$(VERSION)"' \
	     -Icommon -Icmd -Itests/unit -MMD -MP $(filter -U% -D%,$(PROBED))
OUR_CFLAGS = -std=c17 -O2 -g $(PREFIX_MAP) $(WARN) $(filter-out -flto%,$(filter -f% -m%,$(PROBED)))
OUR_LDFLAGS = $(filter -Wl% -pie,$(PROBED))
ifneq ($(SAN),)
SANFLAGS   = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -U_FORTIFY_SOURCE
endif
CODEGEN    = $(OUR_CFLAGS) $(CFLAGS) $(filter -flto%,$(PROBED)) $(SANFLAGS)
COMPILE    = $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(CODEGEN)
LINK       = $(CC) $(CODEGEN) $(OUR_LDFLAGS) $(LDFLAGS)

LIBOBJ     = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard common/*/*.c)))
CLIOBJ     = $(B)/cmd/cli.o
UNITS      = $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c))
FAKEOBJ    = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tests/unit/fake/*.c)))
objects_of = $(patsubst %.c,$(B)/%.o,cmd/$(1).c $(sort $(wildcard cmd/$(1)/*.c)))
HELPERS    = $(patsubst tests/helpers/%.c,$(B)/tests/%,$(wildcard tests/helpers/*.c))

# A program is cmd/NAME.c and, if there are more files, cmd/NAME/*.c. The archive leaves out objects, and --as-needed
# libraries, that a program does not use.
library    = $(or $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null),$(2))
LIBS      := $(call library,xtables,-lxtables) $(call library,libkmod,-lkmod) $(call library,libmnl,-lmnl) \
	     $(call library,zlib,-lz) $(call library,libdeflate,-ldeflate) \
	     $(call library,liblzma,-llzma) $(call library,libzstd,-lzstd)
OUR_LDLIBS = -Wl,--as-needed $(LIBS) -lm

all: programs completions $(HELPERS)

programs: $(TOOLS:%=$(B)/%)

completions: $(B)/completion/made

$(B)/completion/made: scripts/make-completion $(sort $(wildcard cmd/*.c cmd/*/*.c))
	scripts/make-completion $(@D) $(TOOLS)
	@touch $@

$(B)/%.o: %.c Makefile scripts/probe-flags
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

$(B)/libcommon.a: $(LIBOBJ)
	@rm -f $@
	$(AR) qcs $@ $(LIBOBJ)

.SECONDEXPANSION:
$(TOOLS:%=$(B)/%): $(B)/%: $$(call objects_of,$$*) $(CLIOBJ) $(B)/libcommon.a
	$(LINK) -o $@ $^ $(OUR_LDLIBS) $(LDLIBS)

# The fake kernel and door that unit tests share; a test links what it uses.
$(B)/tests/libfake.a: $(FAKEOBJ)
	@rm -f $@
	$(AR) qcs $@ $(FAKEOBJ)

$(UNITS): $(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/tests/libfake.a $(B)/libcommon.a
	$(LINK) -o $@ $^ $(OUR_LDLIBS) $(LDLIBS)

# BuDDy, the oracle of one test, which is skipped if the compiler does not find the library.
BDD        = $(if $(filter /%,$(shell $(CC) $(CFLAGS) -print-file-name=libbdd.so)),bdd)
$(B)/tests/unit/oracle.o: OUR_CPPFLAGS += $(BDD:bdd=-DWITH_BDD)
$(B)/tests/unit/oracle: OUR_LDLIBS += $(BDD:bdd=-lbdd)

$(HELPERS): $(B)/tests/%: $(B)/tests/helpers/%.o $(B)/libcommon.a
	$(LINK) -o $@ $^ $(OUR_LDLIBS) -lpthread -lm $(LDLIBS)

units: $(UNITS)

# Compiles everything, for a system on which not everything can be linked.
objects: $(patsubst %.c,$(B)/%.o,$(wildcard cmd/*.c cmd/*/*.c tests/unit/*.c tests/helpers/*.c)) $(LIBOBJ)

check: all units
	scripts/run-tests $(B)

FUZZ_SECONDS ?= 600
FUZZERS    = $(filter-out standalone,$(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*.c))))

fuzz:
	@for fuzzer in $(FUZZERS); do echo "$$fuzzer"; scripts/fuzz "$$fuzzer" $(FUZZ_SECONDS) || exit; done

bench: all
	scripts/run-bench $(B)

# Takes hours, as root, outside of the namespace of `make check`: 100,000 packets through 1,000 random rulesets in
# fw-trace and in the kernel; the dead rules of 40,000 rulesets compared with BuDDy's; 10,000 packets for each of some
# 1,800 dead rules; 20,000 random rulesets compared with edits of them; every sample loaded, and 59,000 numbers; every
# setting changed and restored; 200 random rulesets loaded beneath 36 live connections; 1,000 loads beside a program
# that fills sets and 100 beside other programs, the real fail2ban, Docker and wg-quick among them; boots of a container;
# power losses of a virtual machine.
prove: all units
	tests/prove/run.bash $(B)
	$(B)/tests/unit/oracle 1 20000
	$(B)/tests/unit/dead 1 100
	$(B)/tests/unit/exposure 1 1000
	$(B)/tests/unit/diff 1 10000
	for family in 4 6; do for backend in nft legacy; do \
		scripts/netns-run python3 tests/prove/diff_kernel.py --diff $(B)/fw-diff --pairs 100 --want 150 --seed $$((family * 1000)) \
			--family $$family --backend $$backend || exit 1; \
	done; done
	tests/prove/needless.py $(B)
	FW_FULL=1 FW_BACKENDS="nft legacy" FW_LOADS=100 FW_UNDOINGS=20 FW_KILL_STEP=11 scripts/run-tests $(B) tests/fw-load-merge.bats tests/fw-load-confirm.bats \
		tests/fw-save-rulesets.bats tests/fw-lint-ext.bats tests/fw-lint-kernel.bats tests/canon.bats \
		tests/fw-gen-packets.bats tests/fw-gen-rulesets.bats tests/fw-load-state.bats tests/fw-load-boot.bats \
		tests/fw-save-faults.bats tests/fw-save-history.bats tests/fw-load-extras.bats tests/fw-load-settings.bats \
		tests/fw-load-modules.bats tests/host.bats tests/fw-save.bats
	scripts/netns-run python3 tests/prove/refusals.py $(B)/fw-lint
	scripts/netns-run python3 tests/prove/numbers.py $(B)/fw-lint
	scripts/netns-run python3 tests/prove/canon.py $(B)/tests/canon
	scripts/netns-run python3 tests/prove/constructs.py $(B)
	scripts/netns-run python3 tests/prove/settings.py --load $(B)/fw-load --backend nft
	scripts/netns-run python3 tests/prove/settings.py --load $(B)/fw-load --backend legacy
	scripts/netns-run python3 tests/prove/sets.py --build $(B) --backend nft
	scripts/netns-run python3 tests/prove/sets.py --build $(B) --backend legacy
	PATH=$(abspath $(B)):$$PATH scripts/netns-run python3 tests/prove/cuts.py 1 100 nft
	PATH=$(abspath $(B)):$$PATH scripts/netns-run python3 tests/prove/cuts.py 1001 100 legacy
	FW_FULL=1 FW_BACKENDS="nft legacy" FW_LOADS=100 scripts/run-tests $(B) tests/prove/others.bats
	BUILD=$(abspath $(B)) bats tests/prove/fw-load-boot.bats

# The lists of findings in the manual, from their table.
manual:
	scripts/make-manual

lint: all
	scripts/check-layers
	scripts/check-shape
	scripts/check-house
	scripts/make-manual -n
	scripts/check-globals build

# The variables that scripts/install-tree and scripts/uninstall-tree read from the environment.
DIRS       = DESTDIR SBINDIR MANDIR DATADIR BASHCOMPDIR ZSHCOMPDIR FISHCOMPDIR UNITDIR OPENRCDIR CRONDIR RSYSLOGDIR \
	     NAGIOSDIR PROMETHEUSDIR NPDDIR NFPERSISTENTDIR MODULESLOADDIR SYSCTLDIR MANIFEST
directories = $(foreach name,$(DIRS),$(name)=$(call quoted,$($(name))))

install: programs completions
	@$(directories) INSTALL=$(call quoted,$(INSTALL)) scripts/install-tree $(call quoted,$(B)) $(TOOLS)

uninstall:
	@$(directories) scripts/uninstall-tree

# NEWS.md begins with the version that is packed. Two runs give the same bytes.
dist:
	@news=$$(sed -n '/^## /{ s///p; q; }' NEWS.md); [ "$$news" = "$(VERSION)" ] || \
		{ echo "NEWS.md begins with $$news, and the Makefile has VERSION = $(VERSION)" >&2; exit 1; }
	git archive --format=tar --prefix=fw-tools-$(VERSION)/ HEAD | gzip -9n >fw-tools-$(VERSION).tar.gz

clean:
	rm -rf build build-san

.PHONY: all programs completions objects units check fuzz bench prove manual lint install uninstall dist clean
.SECONDARY:

-include $(shell find $(B) -name '*.d' 2>/dev/null)
