/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the fw-tools authors */
/*
 * Commands applied to the model, each as iptables-legacy-restore applies it to what came before:
 * a rule to be deleted must be there, a chain to be removed must be empty and unused. Used by reader.c alone.
 */
#ifndef FW_MODEL_APPLY_H
#define FW_MODEL_APPLY_H

#include "model/reading.h"
#include "text/token.h"

/* A new user chain of the table; NULL when memory ran out (noted in the reader). */
struct chain *reader_add_chain(struct ruleset_reader *reader, const struct line *line, const char *name);

/* The policy of a `:` line or of -P. */
void reader_set_policy(struct ruleset_reader *reader, const struct line *line, struct chain *chain,
		       const struct token *policy);

/* Where reading stopped at an unknown option behind `-j NAME', and there is no NAME: says that, and returns true. */
bool reader_unknown_target(struct ruleset_reader *reader, const struct line *line);

/* Applies the command that was read, or reports why iptables would not. */
void reader_apply(struct ruleset_reader *reader, const struct line *line);

/* A line that the other family alone reads: a target before its mark must be known all the same. */
void reader_skip(struct ruleset_reader *reader, const struct line *line);

#endif
