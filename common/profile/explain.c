/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a compiled profile has to say beside its stream. */
#include "profile/service.h"
#include "profile/state.h"

#include <string.h>

/* The directives of one kind, without their word. */
static void print_head(const struct profile *profile, const char *word, struct strbuf *out)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < profile->out.head.len; i++)
		if (strncmp(profile->out.head.item[i].text, word, len) == 0)
			strbuf_printf(out, "%s\n", profile->out.head.item[i].text + len);
}

void profile_print_sysctls(const struct profile *profile, struct strbuf *out)
{
	print_head(profile, "sysctl ", out);
}

void profile_print_modules(const struct profile *profile, struct strbuf *out)
{
	print_head(profile, "module ", out);
}

void profile_print_services(struct strbuf *out)
{
	for (size_t i = 0; i < builtin_service_count; i++) {
		const struct builtin_service *service = &builtin_services[i];
		const char *at = service->ports;

		strbuf_printf(out, "%-16s ", service->name);
		/* "link" is between the table and the compiler. */
		for (const char *link; (link = strstr(at, "link ")) != NULL; at = link + 5)
			strbuf_add(out, at, (size_t)(link - at));
		strbuf_printf(out, "%s", at);
		if (service->helper != NULL)
			strbuf_printf(out, " helper %s", service->helper);
		strbuf_printf(out, "  # %s\n", service->about);
	}
}

void profile_print_explanation(const struct profile *profile, struct strbuf *out)
{
	(void)profile;
	(void)out;
}
