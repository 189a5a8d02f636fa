/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load.h"
#include "text/token.h"

#include <stdlib.h>
#include <string.h>

void load_refused(struct load *load, int family, const struct line *line, const struct refusal *refusal)
{
	struct where where = { .file = load->stream.name }, origin = { .file = NULL };

	if (refusal->failure != 0) {
		diag_system(load->log, refusal->failure, "%s", load->backend.restore[family]);
		return;
	}
	if (line != NULL) {
		where = stream_where(&load->stream, line, 0, 0);
		origin = stream_origin_where(&load->stream, line);
	}
	diag_add(load->log, DIAG_LOAD, &where, &origin, "%s refuses it for %s: %s", load->backend.restore[family],
		 family_name(family), strbuf_text(&refusal->why));
}

/* The line that a refusal names; where it names only the COMMIT, the line is searched for. */
static void report_refusal(struct load *load, int family, struct refusal *refusal)
{
	const struct stream *stream = &load->stream;
	const struct line *line = NULL;

	if (refusal->line > 0 && refusal->line <= stream->lines.len)
		line = &stream->lines.item[refusal->line - 1];
	if (line != NULL && line->kind == LINE_COMMIT) {
		const struct line *found = load_bisect(load, family, line, refusal);

		line = found != NULL ? found : line;
	}
	load_refused(load, family, line, refusal);
}

static bool restore_in_scratch(struct load *load)
{
	struct restore restores[FAMILIES];
	bool good = true;

	for (int i = 0; i < FAMILIES; i++)
		restores[i] = (struct restore){ .text = load->text.data, .len = load->text.len, .refusal = REFUSAL_INIT };
	backend_restore(&load->backend, load->families, load->opts.counters ? RESTORE_COUNTED : RESTORE_FLUSH,
			restores);
	for (int i = 0; i < FAMILIES; i++) {
		if (restores[i].refusal.refused) {
			report_refusal(load, i, &restores[i].refusal);
			good = false;
		}
		refusal_free(&restores[i].refusal);
	}
	return good;
}

static bool save_from_scratch(struct load *load)
{
	VEC(const char *) names = { 0 };
	struct strbuf text[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	bool good = true;

	for (size_t i = 0; i < load->stream.tables.len; i++)
		good = good && vec_push(&names, load->stream.tables.item[i].name);
	good = good && vec_push(&names, NULL);
	if (!good)
		diag_memory(load->log);
	else
		good = backend_save(&load->backend, load->families, names.item, text, load->log) == SAVE_DONE;
	for (int i = 0; i < FAMILIES; i++) {
		struct side *side = &load->side[i];

		side->next_text = text[i];
		good = good && rules_read(&side->next, load->backend.save[i], strbuf_text(&side->next_text),
					  side->next_text.len, load->log);
	}
	vec_free(&names);
	return good;
}

static bool names_sets(const char *text)
{
	return strstr(text, "-set ") != NULL || strstr(text, "-j SET") != NULL;
}

/* Rules that name sets need them there: those of the text, and empty ones like those of the machine. */
static bool rehearse_sets(struct load *load, const struct netns scratch[FAMILIES])
{
	VEC(const char *) names = { 0 };
	const char *text = strbuf_text(&load->text);
	bool good = true;

	for (size_t s = 0; s < load->extras.sets.len; s++)
		good = good && vec_push(&names, load->extras.sets.item[s].name);
	if (!good)
		diag_memory(load->log);
	for (int i = 0; good && i < FAMILIES; i++) {
		if (!family_has(load->families, i))
			continue;
		for (size_t s = 0; good && s < load->extras.sets.len; s++)
			good = set_rehearse(&load->extras.sets.item[s], &scratch[i], load->log);
		if (good && names_sets(text))
			sets_mirror(&scratch[i], names.item, names.len);
	}
	vec_free(&names);
	return good;
}

bool load_canonical(struct load *load, int family, const struct strbuf *text, struct strbuf *out)
{
	struct restore restore = { .text = strbuf_text(text), .len = text->len, .refusal = REFUSAL_INIT };
	struct restore restores[FAMILIES] = { restore, restore };
	struct netns scratch[FAMILIES] = { NETNS_INIT, NETNS_INIT };
	struct strbuf texts[FAMILIES] = { STRBUF_INIT, STRBUF_INIT };
	bool good = netns_make(&scratch[family], false) == 0;

	if (good && names_sets(strbuf_text(text)))
		sets_mirror(&scratch[family], NULL, 0);
	load->backend.netns = scratch;
	if (good)
		backend_restore(&load->backend, family_bit(family), RESTORE_FLUSH, restores);
	good = good && !restores[family].refusal.refused && load_save_texts(load, family_bit(family), texts, load->log);
	load->backend.netns = NULL;
	if (good)
		strbuf_take(out, &texts[family]);
	strbuf_free(&texts[family]);
	refusal_free(&restores[family].refusal);
	netns_free(&scratch[family]);
	return good;
}

bool load_rehearse(struct load *load)
{
	struct netns scratch[FAMILIES] = { NETNS_INIT, NETNS_INIT };
	bool good = true;

	load_phase(load, "rehearsing");
	for (int i = 0; i < FAMILIES && good; i++) {
		int err = netns_make(&scratch[i], load->opts.action == ACTION_CHECK);

		good = err == 0;
		if (!good)
			diag_system(load->log, err, "a network namespace to rehearse in");
	}
	good = good && rehearse_sets(load, scratch);
	load->backend.netns = scratch;
	good = good && restore_in_scratch(load) && save_from_scratch(load);
	load->backend.netns = NULL;
	for (int i = 0; i < FAMILIES; i++)
		netns_free(&scratch[i]);
	return good;
}
