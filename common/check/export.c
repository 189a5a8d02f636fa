/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
#include "check/export.h"
#include "base/json.h"
#include "diag/catalogue.h"

#include <string.h>

void finding_json(struct strbuf *out, const struct diag *diag)
{
	strbuf_putc(out, '{');
	json_member(out, "file", diag->where.file);
	strbuf_printf(out, ",\"line\":%u,\"column\":%u,\"width\":%u,", diag->where.line, diag->where.column,
		      diag->where.width);
	json_member(out, "level", level_name(diag->level));
	strbuf_putc(out, ',');
	json_member(out, "id", diag_kinds[diag->id].name);
	strbuf_putc(out, ',');
	json_member(out, "text", diag->text);
	strbuf_puts(out, ",\"related\":[");
	for (size_t i = 0; i < diag->related_count; i++)
		strbuf_printf(out, "%s%u", i > 0 ? "," : "", diag->related[i]);
	strbuf_puts(out, "],\"origin\":");
	if (diag->origin.file == NULL) {
		strbuf_puts(out, "null}\n");
		return;
	}
	strbuf_putc(out, '{');
	json_member(out, "file", diag->origin.file);
	strbuf_printf(out, ",\"line\":%u}}\n", diag->origin.line);
}

static const char *sarif_level(enum level level)
{
	return level >= LEVEL_ERROR ? "error" : level == LEVEL_WARNING ? "warning" : "note";
}

void sarif_begin(struct sarif *sarif, struct strbuf *out, const char *version)
{
	bool any = false;

	*sarif = (struct sarif){ .out = out };
	strbuf_puts(out, "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\","
			 "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"fw-lint\",");
	json_member(out, "version", version);
	strbuf_puts(out, ",\"rules\":[");
	for (int id = 0; id < DIAG_COUNT; id++) {
		const struct diag_kind *kind = &diag_kinds[id];

		if (!diag_is_lint((enum diag_id)id))
			continue;
		strbuf_puts(out, any ? ",\n{" : "\n{");
		any = true;
		json_member(out, "id", kind->name);
		strbuf_puts(out, ",\"shortDescription\":{");
		json_member(out, "text", kind->meaning);
		strbuf_puts(out, "},\"help\":{");
		json_member(out, "text", kind->advice);
		strbuf_printf(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}", sarif_level(kind->level));
	}
	strbuf_puts(out, "]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
}

/* RFC 3986: what may stand in a path as it is. */
static void json_uri(struct strbuf *out, const char *name, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	struct strbuf uri = STRBUF_INIT;

	for (; *path != '\0'; path++)
		strbuf_printf(&uri, strchr(plain, *path) != NULL ? "%c" : "%%%02X", (unsigned char)*path);
	json_member(out, name, strbuf_text(&uri));
	strbuf_free(&uri);
}

static void sarif_place(struct strbuf *out, const struct where *where)
{
	strbuf_puts(out, "{\"physicalLocation\":{\"artifactLocation\":{");
	json_uri(out, "uri", where->file);
	strbuf_putc(out, '}');
	if (where->line > 0) {
		strbuf_printf(out, ",\"region\":{\"startLine\":%u", where->line);
		if (where->column > 0)
			strbuf_printf(out, ",\"startColumn\":%u,\"endColumn\":%u", where_character(where, where->column),
				      where_character(where, where->column + (where->width > 0 ? where->width : 1)));
		strbuf_putc(out, '}');
	}
	strbuf_puts(out, "}}");
}

/* The line of the profile, and the lines that this finding stands for. */
static void sarif_related(struct strbuf *out, const struct diag *diag)
{
	bool any = diag->origin.file != NULL;

	if (!any && diag->related_count == 0)
		return;
	strbuf_puts(out, ",\"relatedLocations\":[");
	if (any)
		sarif_place(out, &diag->origin);
	for (size_t i = 0; i < diag->related_count; i++) {
		struct where at = { .file = diag->where.file, .line = diag->related[i] };

		strbuf_puts(out, any ? "," : "");
		any = true;
		sarif_place(out, &at);
	}
	strbuf_putc(out, ']');
}

void sarif_add(struct sarif *sarif, const struct diag *diag)
{
	struct strbuf *out = sarif->out;

	strbuf_puts(out, sarif->any ? ",\n{" : "\n{");
	sarif->any = true;
	json_member(out, "ruleId", diag_kinds[diag->id].name);
	strbuf_printf(out, ",\"level\":\"%s\",\"message\":{", sarif_level(diag->level));
	json_member(out, "text", diag->text);
	strbuf_puts(out, "},\"locations\":[");
	if (diag->where.file != NULL)
		sarif_place(out, &diag->where);
	strbuf_putc(out, ']');
	sarif_related(out, diag);
	strbuf_putc(out, '}');
}

void sarif_end(struct sarif *sarif)
{
	strbuf_puts(sarif->out, "]}]}\n");
}
