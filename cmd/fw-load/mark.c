/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nf_tables counts its commits. Where the count is what it was when the last load had read back nothing but
 * its own rules, the rules in force are known without reading them. The legacy kind counts nothing.
 */
#include "load.h"
#include "host/nftgen.h"

#include <string.h>

static const char name[] = "mark";

static bool write_mark(unsigned loaded, uint32_t generation, struct strbuf *out)
{
	strbuf_printf(out, "load %06u ", loaded);
	return nftgen_mark(generation, out);
}

bool mark_holds(const struct load *load, uint32_t generation)
{
	struct strbuf then = STRBUF_INIT, now = STRBUF_INIT;
	unsigned good = state_link(&load->state, "good");
	bool same = load->backend.kind == BACKEND_NFT && good != 0 && write_mark(good, generation, &now) &&
		    state_run_read(&load->state, name, &then) == 0 &&
		    strcmp(strbuf_text(&then), strbuf_text(&now)) == 0;

	strbuf_free(&then);
	strbuf_free(&now);
	return same;
}

void mark_set(struct load *load, uint32_t generation)
{
	struct strbuf text = STRBUF_INIT;

	if (load->backend.kind != BACKEND_NFT || !write_mark(load->generation, generation, &text) ||
	    state_run_write(&load->state, name, strbuf_text(&text), text.len) != 0)
		mark_drop(load);
	strbuf_free(&text);
}

void mark_drop(struct load *load)
{
	state_run_remove(&load->state, name);
}
