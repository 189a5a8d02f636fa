/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * The match `set` and the target `SET`. iptables' own extensions ask the kernel for the set while
 * they parse, so they need root and the set; a ruleset must be readable without either. These take
 * their place: the same options (iptables-extensions(8)), with our own data behind them.
 */
#include "model/xt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SET_NAME_MAX 31 /* IPSET_MAXNAMELEN is 32 with the NUL (linux/netfilter/ipset/ip_set.h) */
#define SET_DIM_MAX  6  /* IPSET_DIM_MAX */

enum set_option {
	MATCH_SET,
	RETURN_NOMATCH,
	UPDATE_COUNTERS,
	UPDATE_SUBCOUNTERS,
	PACKETS_EQ,
	PACKETS_LT,
	PACKETS_GT,
	BYTES_EQ,
	BYTES_LT,
	BYTES_GT,
	ADD_SET,
	DEL_SET,
	MAP_SET,
	EXIST,
	TIMEOUT,
	MAP_MARK,
	MAP_PRIO,
	MAP_QUEUE,
	SET_OPTION_COUNT
};

/* One `--OPTION NAME src,dst`. */
struct set_use {
	char name[SET_NAME_MAX + 1];
	unsigned char dims;    /* 0: not used */
	unsigned char sources; /* bit n: the n-th is src */
};

struct set_data {
	struct set_use use[SET_OPTION_COUNT]; /* of MATCH_SET, ADD_SET, DEL_SET and MAP_SET */
	unsigned given;                       /* bits of enum set_option */
	unsigned inverted;
	unsigned long long value[SET_OPTION_COUNT];
};

static const struct option match_options[] = {
	{ "match-set", required_argument, NULL, MATCH_SET },
	{ "set", required_argument, NULL, MATCH_SET },
	{ "return-nomatch", no_argument, NULL, RETURN_NOMATCH },
	{ "update-counters", no_argument, NULL, UPDATE_COUNTERS },
	{ "update-subcounters", no_argument, NULL, UPDATE_SUBCOUNTERS },
	{ "packets-eq", required_argument, NULL, PACKETS_EQ },
	{ "packets-lt", required_argument, NULL, PACKETS_LT },
	{ "packets-gt", required_argument, NULL, PACKETS_GT },
	{ "bytes-eq", required_argument, NULL, BYTES_EQ },
	{ "bytes-lt", required_argument, NULL, BYTES_LT },
	{ "bytes-gt", required_argument, NULL, BYTES_GT },
	{ NULL, 0, NULL, 0 },
};

static const struct option target_options[] = {
	{ "add-set", required_argument, NULL, ADD_SET },
	{ "del-set", required_argument, NULL, DEL_SET },
	{ "map-set", required_argument, NULL, MAP_SET },
	{ "exist", no_argument, NULL, EXIST },
	{ "timeout", required_argument, NULL, TIMEOUT },
	{ "map-mark", no_argument, NULL, MAP_MARK },
	{ "map-prio", no_argument, NULL, MAP_PRIO },
	{ "map-queue", no_argument, NULL, MAP_QUEUE },
	{ NULL, 0, NULL, 0 },
};

static const char *option_name(int option)
{
	for (unsigned i = 0; match_options[i].name != NULL; i++)
		if (match_options[i].val == option)
			return match_options[i].name;
	for (unsigned i = 0; target_options[i].name != NULL; i++)
		if (target_options[i].val == option)
			return target_options[i].name;
	return "?";
}

static void read_directions(struct set_use *use, const char *text, const char *option)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ",");

		if (use->dims == SET_DIM_MAX)
			xtables_error(PARAMETER_PROBLEM, "--%s takes at most %d of src and dst", option, SET_DIM_MAX);
		if (strncmp(text, "src", 3) != 0 && strncmp(text, "dst", 3) != 0) /* iptables takes "srcs" too */
			xtables_error(PARAMETER_PROBLEM, "--%s: src or dst belongs here, or several with commas", option);
		if (text[0] == 's')
			use->sources |= (unsigned char)(1 << use->dims);
		use->dims++;
		text += len;
		if (*text == ',' && *++text == '\0')
			xtables_error(PARAMETER_PROBLEM, "--%s: src or dst belongs behind the comma", option);
	}
}

static void read_use(struct set_use *use, char **argv, const char *option)
{
	const char *directions = argv[optind];

	if (strlen(optarg) > SET_NAME_MAX)
		xtables_error(PARAMETER_PROBLEM, "setname `%s' too long, max %d characters.", optarg, SET_NAME_MAX);
	if (directions == NULL || directions[0] == '-' || directions[0] == '!')
		xtables_error(PARAMETER_PROBLEM, "--%s requires two args: the set and src, dst or several of them", option);
	memcpy(use->name, optarg, strlen(optarg) + 1);
	read_directions(use, directions, option);
	if (use->dims == 0)
		xtables_error(PARAMETER_PROBLEM, "--%s: src or dst belongs here", option);
	optind++;
}

#define PACKETS_OPTIONS (1U << PACKETS_EQ | 1U << PACKETS_LT | 1U << PACKETS_GT)
#define ONCE_OPTIONS    (1U << MATCH_SET | 1U << ADD_SET | 1U << DEL_SET | 1U << MAP_SET)
#define BYTES_OPTIONS   (1U << BYTES_EQ | 1U << BYTES_LT | 1U << BYTES_GT)

/* One condition on packets and one on bytes. */
static void check_conditions(int c, unsigned given)
{
	unsigned others = (PACKETS_OPTIONS & 1U << c) != 0 ? PACKETS_OPTIONS : BYTES_OPTIONS;

	if ((others & 1U << c) != 0 && (given & others) != 0)
		xtables_error(PARAMETER_PROBLEM, "only one of --%s-eq, -lt and -gt can stand in one match",
			      others == PACKETS_OPTIONS ? "packets" : "bytes");
}

static void read_set_option(int c, char **argv, int invert, struct set_data *data)
{
	const char *name = option_name(c);
	uintmax_t value = 0;

	if ((data->given & 1U << c) != 0 && (ONCE_OPTIONS & 1U << c) != 0)
		xtables_error(PARAMETER_PROBLEM, "--%s can be specified only once", name);
	if (invert && c != MATCH_SET && c != UPDATE_COUNTERS && c != UPDATE_SUBCOUNTERS && c != PACKETS_EQ && c != BYTES_EQ)
		xtables_error(PARAMETER_PROBLEM, "`!' cannot stand before --%s", name);
	check_conditions(c, data->given);
	if ((c == UPDATE_COUNTERS || c == UPDATE_SUBCOUNTERS) && !invert)
		return; /* that is so anyway */
	data->given |= 1U << c;
	if (invert)
		data->inverted |= 1U << c;
	if (c == MATCH_SET || c == ADD_SET || c == DEL_SET || c == MAP_SET) {
		read_use(&data->use[c], argv, name);
	} else if ((c >= PACKETS_EQ && c <= BYTES_GT) || c == TIMEOUT) {
		if (!xtables_strtoul(optarg, NULL, &value, 0, c == TIMEOUT ? UINT32_MAX - 1 : UINT64_MAX))
			xtables_error(PARAMETER_PROBLEM, "--%s: \"%s\" is no number that fits", name, optarg);
		data->value[c] = value;
	}
}

static int parse_match(int c, char **argv, int invert, unsigned *flags, const void *entry, struct xt_entry_match **match)
{
	struct set_data *data = (struct set_data *)(void *)(*match)->data;

	(void)entry;
	read_set_option(c, argv, invert, data);
	*flags = data->given;
	return 1;
}

static void check_match(unsigned flags)
{
	if ((flags & 1U << MATCH_SET) == 0)
		xtables_error(PARAMETER_PROBLEM, "You must specify `--match-set' with proper arguments");
}

static int parse_target(int c, char **argv, int invert, unsigned *flags, const void *entry,
			struct xt_entry_target **target)
{
	struct set_data *data = (struct set_data *)(void *)(*target)->data;

	(void)entry;
	(void)invert; /* iptables takes `!' here and forgets it */
	read_set_option(c, argv, false, data);
	*flags = data->given;
	return 1;
}

static void check_target(unsigned flags)
{
	if ((flags & (1U << ADD_SET | 1U << DEL_SET | 1U << MAP_SET)) == 0)
		xtables_error(PARAMETER_PROBLEM, "You must specify either `--add-set', `--del-set' or `--map-set'");
	if ((flags & 1U << MAP_SET) != 0 && (flags & (1U << MAP_MARK | 1U << MAP_PRIO | 1U << MAP_QUEUE)) == 0)
		xtables_error(PARAMETER_PROBLEM, "--map-set wants --map-mark, --map-prio or --map-queue");
	if ((flags & 1U << MAP_SET) == 0 && (flags & (1U << MAP_MARK | 1U << MAP_PRIO | 1U << MAP_QUEUE)) != 0)
		xtables_error(PARAMETER_PROBLEM, "--map-mark, --map-prio and --map-queue go with --map-set");
	if ((flags & (1U << EXIST | 1U << TIMEOUT)) != 0 && (flags & 1U << ADD_SET) == 0)
		xtables_error(PARAMETER_PROBLEM, "--exist and --timeout go with --add-set");
}

static void save_option(const struct set_data *data, int c)
{
	const struct set_use *use = &data->use[c];

	fprintf(stdout, "%s --%s", (data->inverted & 1U << c) != 0 ? " !" : "", option_name(c));
	if (use->dims > 0) {
		xtables_save_string(use->name);
		for (unsigned i = 0; i < use->dims; i++)
			fprintf(stdout, "%s%s", i == 0 ? " " : ",", (use->sources & 1U << i) != 0 ? "src" : "dst");
	} else if ((c >= PACKETS_EQ && c <= BYTES_GT) || c == TIMEOUT) {
		fprintf(stdout, " %llu", data->value[c]);
	}
}

static void save_match(const void *ip, const struct xt_entry_match *match)
{
	const struct set_data *data = (const struct set_data *)(const void *)match->data;

	(void)ip;
	for (int c = 0; c < SET_OPTION_COUNT; c++)
		if ((data->given & 1U << c) != 0)
			save_option(data, c);
}

static void save_target(const void *ip, const struct xt_entry_target *target)
{
	const struct set_data *data = (const struct set_data *)(const void *)target->data;

	(void)ip;
	for (int c = 0; c < SET_OPTION_COUNT; c++)
		if ((data->given & 1U << c) != 0)
			save_option(data, c);
}

bool ext_set_counts(const struct extension *match)
{
	const unsigned counts = 1U << PACKETS_EQ | 1U << PACKETS_LT | 1U << PACKETS_GT | 1U << BYTES_EQ | 1U << BYTES_LT | 1U << BYTES_GT;
	const struct set_data *data = (const struct set_data *)(const void *)match->data;

	return (data->given & counts) != 0;
}

bool ext_set_lists_source(const struct extension *match)
{
	const struct set_data *data = (const struct set_data *)(const void *)match->data;

	return (data->use[MATCH_SET].sources & 1) != 0 && (data->inverted & 1U << MATCH_SET) == 0;
}

bool ext_set_maps(const struct extension *target, bool *priority)
{
	const struct set_data *data = (const struct set_data *)(const void *)target->data;

	*priority = (data->given & (1U << MAP_PRIO | 1U << MAP_QUEUE)) != 0;
	return (data->given & 1U << MAP_SET) != 0;
}

/* libxtables keeps a pointer to each, and changes them: they are its objects from then on. */
static struct xtables_match set_match = {
	.version = XTABLES_VERSION,
	.name = "set",
	.family = NFPROTO_UNSPEC,
	.size = XT_ALIGN(sizeof(struct set_data)),
	.userspacesize = XT_ALIGN(sizeof(struct set_data)),
	.parse = parse_match,
	.final_check = check_match,
	.save = save_match,
	.extra_opts = match_options,
};

static struct xtables_target set_target = {
	.version = XTABLES_VERSION,
	.name = "SET",
	.family = NFPROTO_UNSPEC,
	.size = XT_ALIGN(sizeof(struct set_data)),
	.userspacesize = XT_ALIGN(sizeof(struct set_data)),
	.parse = parse_target,
	.final_check = check_target,
	.save = save_target,
	.extra_opts = target_options,
};

void door_register_sets(void)
{
	xtables_register_match(&set_match);
	xtables_register_target(&set_target);
}
