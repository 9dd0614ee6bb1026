# portal-tui: make help lists the targets.
#
# Everything is built below $(B).  A flavour (sanitizers, another compiler) is
# another value of B with other flags, so that flavours never mix.

B ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
PKG_CONFIG ?= pkg-config
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0

STD := -std=c17 -D_GNU_SOURCE
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wformat=2 -Wvla -Wno-format-nonliteral
HARDEN := -O2 -g -fPIE -fstack-protector-strong -fstack-clash-protection \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -ffunction-sections -fdata-sections
LDHARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed,--gc-sections
ALL_CFLAGS = $(STD) $(WARN) $(HARDEN) -I. -I$(B)/gen \
	-DPORTAL_VERSION='"$(VERSION)"' -DPREFIX='"$(PREFIX)"' -MMD -MP $(CFLAGS)
ALL_LDFLAGS = $(LDHARDEN) $(LDFLAGS)
# V=1 shows the commands
Q := $(if $(V),,@)
ifneq ($(findstring s,$(firstword -$(MAKEFLAGS))),)
say =
else
say = @echo '  $(1)	$@'
endif
pc = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)

# ---- programs: the folders they are made of, the libraries they may link ----
PROGRAMS := portal-sshd portal-store portal-worker portal-tui portal-files portal-cmd portal-render \
	portalctl

SRC_portal-sshd := sshd
SRC_portal-store := sshd/store
SRC_portal-worker := worker
SRC_portal-tui := tui
SRC_portal-files := sshd/files
SRC_portal-cmd := sshd/cmd
SRC_portal-render := sshd/render
SRC_portalctl := ctl

# A session pays for each shared library in time and memory: these two are
# linked in.
STATIC_portal-tui := -Wl,-Bstatic -lncursesw -ltinfo -linih -Wl,-Bdynamic
# And a login child for each mapping of the listener that it is forked from.
STATIC_portal-sshd := -Wl,-Bstatic -lsodium -linih -Wl,-Bdynamic
LIBS_portal-sshd := libssh
LIBS_portal-store := sqlite3 libsodium libpq
LIBS_portal-worker := sqlite3 libsodium libpq inih libcurl jansson libmicrohttpd
LIBS_portal-tui := libqrencode
LIBS_portal-files :=
LIBS_portal-cmd := jansson libqrencode
LIBS_portal-render := pangocairo libqrencode
LIBS_portalctl := libxml-2.0 sqlite3 libsodium libpq inih jansson
LIBS_all := libcurl libmicrohttpd libqrencode libxml-2.0 libssh sqlite3 libsodium libpq inih jansson pangocairo \
	ncursesw
LIBS_tests := $(LIBS_all) cmocka

MANUALS := portal-tui.1 $(sort $(wildcard */*.8 */*/*.8 */*.5))

all: $(addprefix $(B)/,$(PROGRAMS)) ## build the programs into build/

.DELETE_ON_ERROR:
.SECONDARY:

# ---- objects ----
sources = $(sort $(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(B)/obj/%.o,$(call sources,$(1)))
SQL := $(sort $(wildcard data/sql/*.sql))
SCHEMA := $(sort $(wildcard data/schema/*.sql))

$(B)/gen/sql_ids.h: data/sql.awk $(SQL)
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)awk -v mode=ids -f $^ > $@
$(B)/gen/sql_table.c: data/sql.awk $(SQL)
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)awk -v mode=table -f $^ > $@
$(B)/gen/schema_table.c: data/schema.awk $(SCHEMA)
	@mkdir -p $(@D)
	$(call say,GEN)
	$(Q)awk -f $^ > $@

COMPILE = $(CC) $(ALL_CFLAGS) $(call pc,--cflags,$(LIBS_all)) -c -o $@ $<
$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/gen/sql_ids.h
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE)
$(B)/obj/%.o: %.c | $(B)/gen/sql_ids.h
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE)

%.a:
	$(call say,AR)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^
$(B)/libbase.a: $(call objects,base)
$(B)/libdata.a: $(call objects,data) $(B)/obj/gen/sql_table.o \
	$(B)/obj/gen/schema_table.o
$(B)/libexport.a: $(call objects,export)
ARCHIVES := $(B)/libexport.a $(B)/libdata.a $(B)/libbase.a

# A program is its main.o and an archive of the rest, which its tests link.
# The store worker is the monitor's other end: loop, privileges, messages.
BESIDE_portal-store := $(B)/libportal-sshd.a
define program
$(B)/lib$(1).a: $(filter-out %/main.o,$(call objects,$(SRC_$(1))))
$(B)/$(1): $(B)/obj/$(SRC_$(1))/main.o $(B)/lib$(1).a $(BESIDE_$(1)) $(ARCHIVES)
	$$(call say,LD)
	$$(Q)$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$^ \
		$$(STATIC_$(1)) $$(call pc,--libs,$$(LIBS_$(1)))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# ---- unit tests: tests/AREA/test_*.c, helpers beside them ----
AREAS := base data export tui sshd worker ctl
UNDER_base :=
UNDER_data :=
UNDER_export :=
UNDER_tui := portal-tui
UNDER_sshd := portal-store portal-sshd portal-files portal-cmd portal-render
UNDER_worker := portal-worker
UNDER_ctl := portalctl
tests_in = $(sort $(wildcard tests/$(1)/test_*.c))
helpers_in = $(patsubst %.c,$(B)/obj/%.o,$(filter-out \
	$(call tests_in,$(1)),$(call sources,tests/$(1))))
TESTS := $(foreach a,$(AREAS),$(patsubst tests/%.c,$(B)/tests/%,$(call tests_in,$(a))))

define area
$(B)/libtests-$(1).a: $(call helpers_in,$(1))
$(B)/tests/$(1)/%: $(B)/obj/tests/$(1)/%.o $(B)/libtests-$(1).a \
		$(B)/libtests-data.a $(patsubst %,$(B)/lib%.a,$(UNDER_$(1))) $(ARCHIVES)
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$^ \
		$$(call pc,--libs,$$(LIBS_tests))
endef
$(foreach a,$(AREAS),$(eval $(call area,$(a))))

# includes the table to loosen its statements
$(B)/obj/tests/data/test_rls.o: $(B)/gen/sql_table.c

tests: all $(TESTS)

# ---- the benchmark's own tools ----
LIBS_trivial := ncursesw
LIBS_first_screen :=
LIBS_login_load := libssh
BENCH_TOOLS := $(patsubst %,$(B)/tests/bench/%,trivial first_screen login_load)
$(BENCH_TOOLS): $(B)/tests/bench/%: $(B)/obj/tests/bench/%.o
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ \
		$(if $(LIBS_$*),$(call pc,--libs,$(LIBS_$*))) -lpthread -lutil

# ---- what a stranger types ----
deps: ## install what building and testing need (apt)
	@sh tests/deps.sh build check

demo: ## build, make a demo provider (demo/), start it, say how to log in
	@sh tests/deps.sh build
	@$(MAKE) --no-print-directory -s -j$$(nproc) all
	@sh tests/demo.sh start $(B) $(DEMO_PORT)

demo-stop: ## stop the demo server
	@sh tests/demo.sh stop

# ---- checks ----
check: ## everything: build, unit, sanitizers, end to end, layers, manuals
	@sh tests/deps.sh build check
	@sh tests/postgresql.sh with sh tests/check.sh $(MAKE)

# The second engine's areas; a program that opens no store is left out.
STORE_AREAS ?= $(AREAS)
check-unit: tests ## the unit tests, those with a store on both engines
	@sh tests/unit.sh $(B) sqlite $(TESTS)
	@sh tests/postgresql.sh with sh tests/unit.sh $(B) postgresql \
		$(filter $(addsuffix /%,$(addprefix $(B)/tests/,$(STORE_AREAS))),$(TESTS))

SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
check-asan: ## the unit tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory -s -j$$(nproc) B=build-asan \
		CFLAGS='-Werror -U_FORTIFY_SOURCE $(SAN)' LDFLAGS='$(SAN)' \
		STORE_AREAS=data check-unit

check-e2e: all ## real clients against a real server
	@sh tests/e2e.sh $(B)

HEADERS := $(sort $(wildcard base/*.h data/*.h export/*.h tui/*.h sshd/*.h \
	sshd/*/*.h worker/*.h ctl/*.h))
check-headers: $(B)/gen/sql_ids.h ## every header stands alone
	@for h in $(HEADERS); do \
		$(CC) $(ALL_CFLAGS) $(call pc,--cflags,$(LIBS_all)) -Werror \
		-MF /dev/null -fsyntax-only -x c $$h || exit 1; done
	@echo "check-headers: $(words $(HEADERS)) headers stand alone"

check-format: ## clang-format agrees
	@clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')
	@echo "check-format: as .clang-format says"

check-layers: all ## the arrows between folders, and what each program links
	@sh tests/layers.sh $(B) '$(filter -l%,$(STATIC_portal-tui))'

check-man: ## the manuals are clean mdoc
	@mandoc -T lint -W warning $(MANUALS)
	@echo "check-man: $(words $(MANUALS)) manuals"

fuzz: ## libFuzzer over everything that parses hostile bytes, 60 s each
	@sh tests/fuzz/run.sh $(B)-fuzz

bench: ## the figures, each against OpenSSH in the same run
	@sh tests/deps.sh build check
	@$(MAKE) --no-print-directory -s -j$$(nproc) all $(BENCH_TOOLS)
	@sh tests/bench/bench.sh $(B)

docs: ## the manuals as text in build/docs
	@mkdir -p $(B)/docs
	@for m in $(MANUALS); do \
		mandoc -T utf8 $$m | col -b > $(B)/docs/$$(basename $$m).txt; done

po/portal-tui.pot: $(wildcard base/*.[ch] data/*.[ch] export/*.[ch] tui/*.[ch] \
		sshd/*.[ch] sshd/*/*.[ch] worker/*.[ch] ctl/*.[ch]) ## strings for translators
	xgettext -o $@ -k_ -kN_ -kngettext:1,2 --from-code=UTF-8 $(sort $^)

# ---- install ----
MAN := $(DESTDIR)$(PREFIX)/share/man
install: all ## programs and manuals below PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(MAN)/man1 $(MAN)/man5 $(MAN)/man8
	install -m 755 $(addprefix $(B)/,$(PROGRAMS)) $(DESTDIR)$(PREFIX)/bin
	for m in $(MANUALS); do install -m 644 $$m $(MAN)/man$${m##*.}; done

uninstall: ## what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(PROGRAMS))
	for m in $(MANUALS); do rm -f $(MAN)/man$${m##*.}/$${m##*/}; done

clean: ## remove what was built
	rm -rf build build-*

help: ## this list
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## / {printf "%-14s %s\n", $$1, $$2}' Makefile

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
.PHONY: all tests deps demo demo-stop check check-unit check-asan check-e2e \
	check-headers check-format check-layers check-man fuzz bench docs install \
	uninstall clean help
