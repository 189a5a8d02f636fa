/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * report-fields <OLD >NEW - copies the manual page of ct-stat, and replaces what stands between its comments
 * "fields: begin" and "fields: end" by the fields of the report and the counters, from their tables in the
 * code.
 */
#include "conntrack/field.h"

#include <stdio.h>
#include <string.h>

/* Prints a sentence of a table as mdoc: each option gets a line of its own, with its macro. */
static void print_sentence(const char *text)
{
	const char *option;

	while ((option = strstr(text, " --")) != NULL) {
		size_t len = strcspn(option + 3, " .,;:)");

		printf("%.*s\n.Fl -%.*s", (int)(option - text), text, (int)len, option + 3);
		text = option + 3 + len;
		if (*text == ' ')
			putchar('\n');
		else if (*text != '\0')
			printf(" %c\n", *text);
		text += *text != '\0';
	}
	if (*text != '\0')
		puts(text);
}

static void print_field(const struct report_field *field)
{
	const char *metric = field->metric != NULL ? field->metric : "ct_stat_NAME_total";

	printf(".It Li %s Pq %s\n", field->name, report_unit_names[field->unit]);
	print_sentence(field->meaning);
	if (field->place[IN_TSV] != 0 && field->place[IN_PROM] != 0)
		printf("Also in\n.Fl -tsv ,\nand as\n.Li %s\nfor Prometheus.\n", metric);
	else if (field->place[IN_TSV] != 0)
		puts("Also in\n.Fl -tsv .");
	else if (field->place[IN_PROM] != 0)
		printf("Also as\n.Li %s\nfor Prometheus.\n", metric);
}

static void print_lists(void)
{
	puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < report_field_count; i++)
		print_field(&report_fields[i]);
	puts(".El\n.Pp\nThe counters are:\n.Bl -tag -width search_restart -compact");
	for (unsigned i = 0; i < COUNTER_COUNT; i++) {
		printf(".It Li %s\n", counter_kinds[i].name);
		print_sentence(counter_kinds[i].meaning);
	}
	puts(".El");
}

int main(void)
{
	char line[4096];
	bool inside = false;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (strstr(line, "fields: end") != NULL)
			inside = false;
		if (!inside)
			fputs(line, stdout);
		if (strstr(line, "fields: begin") == NULL)
			continue;
		inside = true;
		print_lists();
	}
	return ferror(stdin) || inside || fflush(stdout) != 0;
}
