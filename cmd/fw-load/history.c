/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text that a generation keeps of its input. */
#include "load.h"
#include "store/packed.h"
#include "text/seal.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Who it was: sudo and pkexec hide that from the user id. */
static void write_who(struct strbuf *out)
{
	const char *name = getenv("SUDO_USER");
	const struct passwd *user = name == NULL ? getpwuid(getuid()) : NULL;

	if (name == NULL && user == NULL)
		strbuf_printf(out, "%u", (unsigned)getuid());
	else
		strbuf_printf(out, "%.64s", name != NULL ? name : user->pw_name);
}

/* The input, sealed anew, with notes on who loaded it and where. Its line N is line N + 2 here. */
static void write_history(const struct load *load, struct strbuf *out)
{
	struct utsname kernel;
	time_t now = time(NULL);
	struct tm utc;
	char date[32] = "-";

	if (gmtime_r(&now, &utc) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	seal_open(out);
	strbuf_printf(out, "# loaded %s by ", date);
	write_who(out);
	strbuf_puts(out, " with fw-load from ");
	for (const char *c = load->stream.name != NULL ? load->stream.name : "a generation"; *c != '\0'; c++)
		strbuf_putc(out, (unsigned char)*c < ' ' ? '?' : *c); /* a name may hold newlines */
	strbuf_printf(out, ", backend %s, families %u, kernel %s\n",
		      backend_name(load->backend.kind), (unsigned)load->families,
		      uname(&kernel) == 0 ? kernel.release : "unknown");
	for (size_t i = 0; i < load->stream.lines.len; i++) {
		const struct line *line = &load->stream.lines.item[i];
		const char *args;
		size_t len;

		if (line_directive(line, "end", &args, &len))
			continue;
		if (line_directive(line, "stream", &args, &len))
			strbuf_puts(out, "# sealed by its maker");
		else
			strbuf_add(out, line->text, line->len);
		strbuf_putc(out, '\n');
	}
	seal_close(out);
}

bool load_history(struct load *load)
{
	int err;

	write_history(load, &load->history);
	err = load->history.failed ? -ENOMEM :
				     packed_make(strbuf_text(&load->history), load->history.len, &load->packed);
	if (err != 0)
		diag_system(load->log, err, "packing what is loaded");
	return err == 0;
}
