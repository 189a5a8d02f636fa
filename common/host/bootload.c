/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "host/bootload.h"
#include "base/file.h"

#include <glob.h>
#include <string.h>

static const char *const loaders[] = {
	"fw-load",   "netfilter-persistent", "iptables-persistent",    "iptables", "ip6tables", "nftables",  "firewalld", "ufw", "ferm",
	"shorewall", "shorewall6",	     "arno-iptables-firewall", "foomuuri",
};

/* Where an enabled loader has a link: systemd's units, scripts of System V, OpenRC's runlevels. */
static const struct {
	const char *head, *tail;
} places[] = {
	{ "/etc/systemd/system/*.wants/", ".service" },
	{ "/etc/systemd/system/*.requires/", ".service" },
	{ "/usr/lib/systemd/system/*.wants/", ".service" },
	{ "/etc/rc[S2-5].d/S[0-9][0-9]", "" },
	{ "/etc/runlevels/*/", "" },
};

/* Files whose commands run at boot. */
static const char *const scripts[] = {
	"/etc/rc.local",	      "/etc/rc.d/rc.local",	 "/etc/network/interfaces", "/etc/network/interfaces.d/*",
	"/etc/network/if-pre-up.d/*", "/etc/network/if-up.d/*", "/etc/local.d/*.start",    "/etc/cron.d/*",
};

enum { SCRIPT_MAX = 1 << 20 };

static bool first_match(const char *pattern, bool (*wanted)(const char *path), struct strbuf *what)
{
	glob_t found;
	bool good = false;

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc && !good; i++) {
			good = wanted == NULL || wanted(found.gl_pathv[i]);
			if (good)
				strbuf_puts(what, found.gl_pathv[i]);
		}
	}
	globfree(&found);
	return good;
}

static bool line_loads(const char *line, size_t len)
{
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	return len > 0 && *line != '#' &&
	       (memmem(line, len, "tables-restore", 14) != NULL || memmem(line, len, "fw-load", 7) != NULL);
}

static bool script_loads(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	bool loads = false;

	if (file_read_path(path, &text, SCRIPT_MAX) == 0)
		for (const char *line = strbuf_text(&text); *line != '\0' && !loads;) {
			size_t len = strcspn(line, "\n");

			loads = line_loads(line, len);
			line += len + (line[len] == '\n');
		}
	strbuf_free(&text);
	return loads;
}

bool bootload_find(const char *root, struct strbuf *what)
{
	struct strbuf pattern = STRBUF_INIT;
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(places) && !found; i++) {
		for (size_t n = 0; n < ARRAY_LEN(loaders) && !found; n++) {
			strbuf_reset(&pattern);
			strbuf_printf(&pattern, "%s%s%s%s", root, places[i].head, loaders[n], places[i].tail);
			found = first_match(strbuf_text(&pattern), NULL, what);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(scripts) && !found; i++) {
		strbuf_reset(&pattern);
		strbuf_printf(&pattern, "%s%s", root, scripts[i]);
		found = first_match(strbuf_text(&pattern), script_loads, what);
	}
	strbuf_free(&pattern);
	return found;
}
