# SPDX-License-Identifier: GPL-2.0-or-later
# make            all programs, in build/
# make check      build and run all tests        make SAN=1 check   the same with sanitizers, in build-san/
# make prove      what takes long: fw-trace, the samples, loads and boots against kernels
# make bench      the benchmarks, as ratios      make lint          layers, options, diagnostics, formatting
# make install    PREFIX, DESTDIR                make clean

VERSION    = 0.1.0
PREFIX    ?= /usr/local
SBINDIR   ?= $(PREFIX)/sbin
MANDIR    ?= $(PREFIX)/share/man
DATADIR   ?= $(PREFIX)/share/fw-tools
PKG_CONFIG ?= pkg-config
INSTALL   ?= install

SAN       ?=
B          = build$(if $(SAN),-san)
TOOLS      = $(patsubst cmd/%.c,%,$(wildcard cmd/fw-*.c cmd/ct-*.c))

CFLAGS    ?= -O2 -g
WARN       = -std=c17 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
	     -Wpointer-arith -Wcast-qual -Wformat=2 -Wundef -Werror=implicit-function-declaration
CPPFLAGS  += -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -DFW_VERSION='"$(VERSION)"' -Icommon -Icmd -Itests/unit -MMD -MP
CFLAGS    += $(WARN) $(EXTRA)
ifneq ($(SAN),)
CFLAGS    += -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CPPFLAGS  += -U_FORTIFY_SOURCE
LDFLAGS   += -fsanitize=address,undefined
endif

LIBOBJ     = $(patsubst %.c,$(B)/%.o,$(wildcard common/*/*.c))
CLIOBJ     = $(B)/cmd/cli.o
UNITS      = $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c))
FAKEOBJ    = $(patsubst %.c,$(B)/%.o,$(wildcard tests/unit/fake/*.c))
objects_of = $(patsubst %.c,$(B)/%.o,cmd/$(1).c $(wildcard cmd/$(1)/*.c))
HELPERS    = $(patsubst tests/helpers/%.c,$(B)/tests/%,$(wildcard tests/helpers/*.c))

# A program is cmd/NAME.c and, where there are more files, cmd/NAME/*.c. The archive leaves out the objects
# that a program does not use, and --as-needed the libraries.
LIBS_xtables := $(shell $(PKG_CONFIG) --libs xtables 2>/dev/null)
LIBS_zlib    := $(shell $(PKG_CONFIG) --libs zlib 2>/dev/null)
LIBS_deflate := $(shell $(PKG_CONFIG) --libs libdeflate 2>/dev/null)
LIBS_kmod    := $(shell $(PKG_CONFIG) --libs libkmod 2>/dev/null)
LIBS_mnl     := $(shell $(PKG_CONFIG) --libs libmnl 2>/dev/null)
LDLIBS       = -Wl,--as-needed $(LIBS_xtables) $(LIBS_kmod) $(LIBS_mnl) $(LIBS_zlib) $(LIBS_deflate)

all: $(TOOLS:%=$(B)/%) $(HELPERS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/libcommon.a: $(LIBOBJ)
	@rm -f $@
	$(AR) qcs $@ $(LIBOBJ)

.SECONDEXPANSION:
$(TOOLS:%=$(B)/%): $(B)/%: $$(call objects_of,$$*) $(CLIOBJ) $(B)/libcommon.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The kernel and the door that unit tests share; each test takes what it uses.
$(B)/tests/libfake.a: $(FAKEOBJ)
	@rm -f $@
	$(AR) qcs $@ $(FAKEOBJ)

$(UNITS): $(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/tests/libfake.a $(B)/libcommon.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# BuDDy, the oracle of one test, which says so where it is not installed.
$(B)/tests/unit/oracle: LDLIBS += $(if $(wildcard /usr/include/bdd.h),-lbdd)

$(HELPERS): $(B)/tests/%: $(B)/tests/helpers/%.o $(B)/libcommon.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lpthread -lm

units: $(UNITS)

check: all units
	scripts/run-tests $(B)

bench: all
	scripts/run-bench $(B)

# Minutes, not seconds: 100,000 packets through 1,000 random rulesets in the tracer and in the kernel, the dead
# rules of 40,000 against BuDDy's, 10,000 packets for each of some 1,800 dead rules, every sample loaded, 100 loads beside
# other programs, boots and power losses of a virtual machine. As root, outside of check's namespace.
prove: all units
	tests/prove/run.bash $(B)
	$(B)/tests/unit/oracle 1 20000
	$(B)/tests/unit/dead 1 100
	tests/prove/needless.py $(B)
	FW_LOADS=100 FW_KILL_STEP=11 scripts/run-tests $(B) tests/fw-load-merge.bats tests/fw-load-confirm.bats
	scripts/netns-run python3 tests/prove/refusals.py $(B)/fw-lint
	BUILD=$(abspath $(B)) bats tests/prove

lint: all
	scripts/check-layers
	scripts/check-house
	scripts/check-globals build

install: all
	$(INSTALL) -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(DATADIR)/rulesets
	$(INSTALL) -m 755 $(TOOLS:%=$(B)/%) $(DESTDIR)$(SBINDIR)
	for page in man/*.[578]; do $(INSTALL) -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}; done
	$(INSTALL) -m 644 rulesets/* $(DESTDIR)$(DATADIR)/rulesets
	cd share && find . -type f -exec $(INSTALL) -D -m 644 {} $(abspath $(DESTDIR)$(DATADIR))/{} \;
	grep -rl '@SBINDIR@' $(DESTDIR)$(DATADIR) | xargs -r sed -i 's,@SBINDIR@,$(SBINDIR),'

uninstall:
	rm -f $(TOOLS:%=$(DESTDIR)$(SBINDIR)/%)
	for page in man/*.[578]; do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page#man/}; done
	rm -rf $(DESTDIR)$(DATADIR)

clean:
	rm -rf build build-san

.PHONY: all units check bench prove lint install uninstall clean
.SECONDARY:

-include $(shell find $(B) -name '*.d' 2>/dev/null)
